//! Just enough of reading HTTP/1.1 (RFC 9112) to know the status and where a response ends.

use anyhow::{Context, bail, ensure};

/// The most headers that are read.
const HEADERS: usize = 64;
/// A head longer than this is no head.
const LONGEST_HEAD: usize = 64 * 1024;

/// A response that has been received whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Bytes of head and body together.
    pub(crate) length: usize,
    /// Whether the server ends the connection after it.
    pub(crate) closes: bool,
    /// Where what was made is.
    pub(crate) location: Option<String>,
}

/// The response at the start of `bytes`, or `None` while some of it is yet to come.
pub(crate) fn parse(bytes: &[u8]) -> anyhow::Result<Option<Response>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes).context("read the head of a response")?
    else {
        ensure!(bytes.len() <= LONGEST_HEAD, "the head of a response is too long");
        return Ok(None);
    };
    let status = response.code.context("a response without a status")?;
    let mut length = None;
    let (mut chunked, mut closes, mut location) = (false, false, None);
    for header in response.headers.iter() {
        let value = header.value.trim_ascii();
        if header.name.eq_ignore_ascii_case("content-length") {
            length = Some(std::str::from_utf8(value)?.parse::<usize>().context("read content-length")?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.eq_ignore_ascii_case(b"chunked");
        } else if header.name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case(b"close");
        } else if header.name.eq_ignore_ascii_case("location") {
            location = Some(std::str::from_utf8(value).context("read location")?.to_owned());
        }
    }
    let body = bytes.get(head..).unwrap_or_default();
    let body = if chunked {
        let Some(length) = chunked_length(body)? else { return Ok(None) };
        length
    } else if matches!(status, 204 | 304) {
        0
    } else {
        let length = length.context("a response with neither content-length nor chunks")?;
        if body.len() < length {
            return Ok(None);
        }
        length
    };
    Ok(Some(Response { status, length: head + body, closes, location }))
}

/// How many bytes a chunked body takes, once all of it is there. Trailers are not expected.
fn chunked_length(body: &[u8]) -> anyhow::Result<Option<usize>> {
    let mut at: usize = 0;
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let Ok(size) = httparse::parse_chunk_size(rest) else { bail!("a chunk without a size") };
        let httparse::Status::Complete((line, size)) = size else { return Ok(None) };
        // The chunk's line, its data and the CRLF after it.
        let Some(end) = usize::try_from(size).ok().and_then(|size| at.checked_add(line + size + 2)) else {
            bail!("a chunk of {size} bytes");
        };
        if body.len() < end {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(end));
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::{Response, parse};

    /// Every start of the response is incomplete, the whole is complete, and more does not matter.
    fn whole(text: &str) -> Response {
        for end in 0..text.len() {
            assert_eq!(parse(&text.as_bytes()[..end]).unwrap(), None, "{:?}", &text[..end]);
        }
        let response = parse(text.as_bytes()).unwrap().unwrap();
        assert_eq!(parse(format!("{text}HTTP/1.1 500").as_bytes()).unwrap(), Some(response.clone()));
        assert_eq!(response.length, text.len());
        response
    }

    #[test]
    fn the_end_is_found_by_length_by_chunks_and_by_status() {
        let by_length = whole("HTTP/1.1 201 Created\r\nLocation: /a/7\r\nContent-Length: 5\r\n\r\nhello");
        assert_eq!((by_length.status, by_length.closes), (201, false));
        assert_eq!(by_length.location.as_deref(), Some("/a/7"));
        let by_chunks =
            whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
        assert_eq!(by_chunks.status, 200);
        assert!(whole("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").closes);
    }

    #[test]
    fn what_is_no_response_is_an_error() {
        for text in [
            "hello\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
