//! A listener with a component that says what it was asked.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use lyceum_front::{Backend, FrontOptions, RequestBody, serve};
use lyceum_network::{BoxBody, Call, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Far longer than any answer takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Answers with the method, the path and the body. Below `/hold/`, the path says how the answer is to be held:
/// `/hold/stream/a`.
struct Echo;

impl Backend for Echo {
    type Error = Infallible;

    fn id(&self) -> &'static str {
        "echo"
    }

    fn largest_body(&self) -> u64 {
        1 << 20
    }

    fn patience(&self) -> Duration {
        TIMEOUT
    }

    async fn answer(
        &self,
        request: Request<RequestBody>,
        _: Call,
    ) -> Result<Response<BoxBody<Infallible>>, Fault> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_or_else(|_| "broken".into(), http_body_util::Collected::to_bytes);
        let text = format!("{} {} {}", parts.method, parts.uri.path(), String::from_utf8_lossy(&body));
        let mut response = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
        if let Some((way, channel)) =
            parts.uri.path().strip_prefix("/hold/").and_then(|rest| rest.split_once('/'))
        {
            let headers = response.headers_mut();
            headers.insert("grip-hold", way.parse().unwrap());
            headers.insert("grip-channel", channel.parse().unwrap());
            headers.insert("grip-timeout", "1".parse().unwrap());
            if parts.uri.query() == Some("bare") {
                headers.insert("grip-answer", "event".parse().unwrap());
            }
        }
        Ok(response)
    }
}

/// A running listener; it stops when this is dropped.
pub(crate) struct Listener {
    address: SocketAddr,
    pub(crate) stop: CancellationToken,
    _stop: DropGuard,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A client's side of a connection.
pub(crate) struct Connection {
    socket: TcpStream,
    came: Vec<u8>,
}

impl Listener {
    pub(crate) async fn start(patience: Duration) -> Self {
        Self::with(FrontOptions { head_patience: patience, ..FrontOptions::default() }).await
    }

    pub(crate) async fn with(options: FrontOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, Echo, options, stop.clone()));
        Self { address, _stop: stop.clone().drop_guard(), stop }
    }

    /// One that waits longer for clients than a test takes.
    pub(crate) async fn patient() -> Self {
        Self::start(TIMEOUT * 2).await
    }

    pub(crate) async fn connect(&self) -> Connection {
        let socket = TcpStream::connect(self.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Connection { socket, came: Vec::new() }
    }
}

impl Connection {
    /// Sends what the server still takes.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _closed = self.socket.write_all(bytes.as_ref()).await;
    }

    /// Sends no more.
    pub(crate) async fn finish(&mut self) {
        self.socket.shutdown().await.unwrap();
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await
    }

    /// The next answer, which has no body for a HEAD.
    pub(crate) async fn answer_to(&mut self, method: &str) -> Answer {
        loop {
            if let Some(answer) = self.take(method) {
                return answer;
            }
            assert!(self.read().await, "the connection ended with {:?}", String::from_utf8_lossy(&self.came));
        }
    }

    /// Waits until this has come, and returns everything up to there.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        loop {
            let came = String::from_utf8_lossy(&self.came).into_owned();
            if let Some(at) = came.find(text) {
                let (before, after) = came.split_at(at + text.len());
                self.came = after.as_bytes().to_vec();
                return before.to_owned();
            }
            assert!(self.read().await, "the connection ended with {came:?}");
        }
    }

    /// Waits for the end; what came until then and was no answer.
    pub(crate) async fn end(&mut self) -> String {
        while self.read().await {}
        String::from_utf8(std::mem::take(&mut self.came)).unwrap()
    }

    async fn read(&mut self) -> bool {
        let read = self.socket.read_buf(&mut self.came);
        let read = tokio::time::timeout(TIMEOUT, read).await.expect("the server left its client waiting");
        read.expect("a connection that was not reset") > 0
    }

    fn take(&mut self, method: &str) -> Option<Answer> {
        let text = String::from_utf8(self.came.clone()).unwrap();
        let (head, rest) = text.split_once("\r\n\r\n")?;
        let head = format!("{}\r\n", head.to_ascii_lowercase());
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.split("content-length: ").nth(1).map_or("0", |rest| rest.lines().next().unwrap());
        let length = if method == "HEAD" { 0 } else { length.parse().unwrap() };
        let body = rest.get(..length)?.to_owned();
        self.came = rest.as_bytes()[length..].to_vec();
        Some(Answer { status, head, body })
    }
}
