//! Bytes to and from a socket, for what no decent client would send.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Answer;

/// How long an answer to nonsense may take; the server's own patience for a request's head is 10 s.
const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_ANSWER: usize = 1 << 20;

/// What came back.
#[derive(Debug)]
pub enum Reply {
    /// A whole answer.
    Answer(Answer),
    /// The connection was closed without one.
    Closed,
}

/// Sends bytes over a connection of their own and reads what comes back until the server closes it or has
/// answered in full.
///
/// # Errors
/// When the server can't be reached, answers with something other than HTTP, or leaves the client waiting.
pub async fn exchange(base: &str, bytes: &[u8]) -> Result<Reply> {
    let address = base.strip_prefix("http://").context("an address that begins with http://")?;
    let mut socket = TcpStream::connect(address).await.with_context(|| format!("connect to {address}"))?;
    let (mut reader, mut writer) = socket.split();
    let sending = async {
        // A server may well answer and close before it has read everything.
        let _ = writer.write_all(bytes).await;
    };
    let reading = async {
        let mut received = Vec::new();
        let mut buffer = vec![0; 16 << 10];
        loop {
            if let Some(answer) = parse(&received)? {
                return Ok(Reply::Answer(answer));
            }
            // A connection that was reset has ended too.
            let count = reader.read(&mut buffer).await.unwrap_or_default();
            let Some(part) = buffer.get(..count).filter(|part| !part.is_empty()) else { break };
            received.extend_from_slice(part);
            if received.len() > LONGEST_ANSWER {
                bail!("an answer of more than {LONGEST_ANSWER} bytes");
            }
        }
        match parse_to_end(&received)? {
            Some(answer) => Ok(Reply::Answer(answer)),
            None if received.is_empty() => Ok(Reply::Closed),
            None => bail!("half an answer: {}", String::from_utf8_lossy(&received)),
        }
    };
    let both = async { tokio::join!(sending, reading).1 };
    timeout(PATIENCE, both).await.context("the server left its client waiting")?
}

/// A request with this target exactly as it stands.
pub fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: lyceum.test\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.extend(["content-length: ", &body.len().to_string(), "\r\n\r\n"]);
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A complete answer of known length at the beginning of `received`.
fn parse(received: &[u8]) -> Result<Option<Answer>> {
    let Some((answer, length)) = head(received)? else { return Ok(None) };
    Ok(length
        .filter(|length| answer.body.len() >= *length)
        .map(|length| Answer { body: answer.body.slice(..length), ..answer }))
}

/// The same when nothing more will come, so that a body without a length has ended.
fn parse_to_end(received: &[u8]) -> Result<Option<Answer>> {
    let Some((answer, length)) = head(received)? else { return Ok(None) };
    Ok(length.is_none().then_some(answer))
}

fn head(received: &[u8]) -> Result<Option<(Answer, Option<usize>)>> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(end) = response.parse(received).context("parse an answer")? else {
        return Ok(None);
    };
    let mut headers = reqwest::header::HeaderMap::new();
    for field in response.headers.iter() {
        let name = reqwest::header::HeaderName::from_bytes(field.name.as_bytes())?;
        headers.append(name, reqwest::header::HeaderValue::from_bytes(field.value)?);
    }
    let status = reqwest::StatusCode::from_u16(response.code.unwrap_or_default())?;
    let body = bytes::Bytes::copy_from_slice(received.get(end..).unwrap_or_default());
    let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(Some((Answer { status, headers, body }, length)))
}
