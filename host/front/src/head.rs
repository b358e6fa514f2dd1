//! A request's head, looked at before the HTTP library reads it, so that whatever is wrong with it has an answer.
//!
//! Where the standard leaves a choice, what two readers could understand in two ways is refused (RFC 9112, 11.2).

use http::{StatusCode, Uri};
use httparse::{EMPTY_HEADER, Error, Header, Request, Status};

use crate::framing::Framing;
use crate::refusal::Refusal;

/// The most header fields of a request.
pub(crate) const MOST_FIELDS: usize = 100;
/// The longest target, in bytes. What components take is less.
const LONGEST_TARGET: usize = 16 << 10;
/// The longest head, in bytes. With what each field costs beside its text, it fits into what components may hold.
const LONGEST_HEAD: usize = 32 << 10;
/// The longest method, in bytes.
const LONGEST_METHOD: usize = 64;

/// What the bytes that have come so far are.
#[derive(Debug)]
pub(crate) enum Head {
    /// Not a whole head yet.
    Incomplete,
    /// A head of so many bytes, and its body.
    Whole(usize, Framing),
    /// Nothing that can be read.
    Unreadable(Refusal),
}

impl Head {
    /// Of bytes that begin with neither an empty line nor one's first half.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut fields = [EMPTY_HEADER; MOST_FIELDS];
        let mut request = Request::new(&mut fields);
        let parsed = request.parse(bytes);
        let refused = match parsed {
            Ok(Status::Partial) => match too_long(bytes, request.path) {
                None => return Self::Incomplete,
                Some(refusal) => refusal,
            },
            Ok(Status::Complete(length)) => match checked(&request, length) {
                Ok(framing) => return Self::Whole(length, framing),
                Err(refusal) => refusal,
            },
            Err(Error::TooManyHeaders) => fields_too_large(&format!("more than {MOST_FIELDS} header fields")),
            Err(Error::Version) => version(bytes),
            Err(Error::HeaderName) => Refusal::malformed("A header field's name can't be read."),
            Err(Error::HeaderValue) => Refusal::malformed("A header field's value can't be read."),
            Err(error) => Refusal::malformed(format!("This is no HTTP request: {error}.")),
        };
        Self::Unreadable(refused.of(request.method, request.path))
    }
}

/// What is too long already, although more is to come.
fn too_long(bytes: &[u8], target: Option<&str>) -> Option<Refusal> {
    if target.is_none() {
        return match bytes.iter().position(|byte| *byte == b' ') {
            None if bytes.len() > LONGEST_METHOD => Some(Refusal::malformed("The method is too long.")),
            Some(space) if bytes.len() - space > LONGEST_TARGET + 1 => Some(target_too_long()),
            _ => None,
        };
    }
    (bytes.len() > LONGEST_HEAD).then(head_too_large)
}

fn checked(request: &Request, length: usize) -> Result<Framing, Refusal> {
    let target = request.path.unwrap_or_default();
    if target.len() > LONGEST_TARGET {
        return Err(target_too_long());
    }
    if request.method.is_none_or(|method| method.len() > LONGEST_METHOD) {
        return Err(Refusal::malformed("The method is too long."));
    }
    if length > LONGEST_HEAD {
        return Err(head_too_large());
    }
    if target.parse::<Uri>().is_err() {
        return Err(Refusal::malformed("The request's target can't be read."));
    }
    framing(request.headers, request.version == Some(1))
}

fn target_too_long() -> Refusal {
    let detail = format!("The request's target has more than {LONGEST_TARGET} bytes.");
    Refusal::new(StatusCode::URI_TOO_LONG, "TARGET_TOO_LONG", detail)
}

fn head_too_large() -> Refusal {
    fields_too_large(&format!("more than {LONGEST_HEAD} bytes before its body"))
}

fn fields_too_large(what: &str) -> Refusal {
    let detail = format!("The request has {what}.");
    Refusal::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE", detail)
}

/// Another version of HTTP, or no HTTP at all.
fn version(bytes: &[u8]) -> Refusal {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let version = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    if version.strip_prefix(b"HTTP/").is_some_and(|number| number.first().is_some_and(u8::is_ascii_digit)) {
        let detail = "Only HTTP/1.1 and HTTP/1.0 are spoken here.";
        return Refusal::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "VERSION_NOT_SUPPORTED", detail);
    }
    Refusal::malformed("The first line does not end with a version of HTTP.")
}

/// How the body is framed (RFC 9112, 6.3).
fn framing(fields: &[Header], is_http_11: bool) -> Result<Framing, Refusal> {
    let all = |name: &'static str| {
        fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    };
    let lengths: Vec<&[u8]> = all("content-length").collect();
    if all("transfer-encoding").next().is_none() {
        return match lengths.as_slice() {
            [] => Ok(Framing::Length(0)),
            [length] => self::length(length),
            _ => Err(Refusal::malformed("Content-Length is given more than once.")),
        };
    }
    if !lengths.is_empty() {
        return Err(Refusal::malformed("Content-Length and Transfer-Encoding are both given."));
    }
    if !is_http_11 {
        return Err(Refusal::malformed("HTTP/1.0 has no Transfer-Encoding."));
    }
    let codings: Vec<String> = all("transfer-encoding")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(|coding| String::from_utf8_lossy(coding).trim().to_ascii_lowercase())
        .collect();
    if codings.iter().any(|coding| coding != "chunked") {
        let detail = "The only Transfer-Encoding that is known here is chunked.";
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "TRANSFER_ENCODING_UNKNOWN", detail));
    }
    if codings.len() != 1 {
        return Err(Refusal::malformed("Transfer-Encoding says chunked more than once."));
    }
    Ok(Framing::CHUNKED)
}

fn length(value: &[u8]) -> Result<Framing, Refusal> {
    let text = std::str::from_utf8(value).unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::malformed("Content-Length is not a number."));
    }
    // The library keeps a few of the largest numbers for itself.
    let length = text.parse().ok().filter(|length: &u64| i64::try_from(*length).is_ok());
    length.map(Framing::Length).ok_or_else(|| {
        let detail = format!("A body of {text} bytes is not taken.");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(head: &str) -> Option<u16> {
        match Head::of(head.as_bytes()) {
            Head::Unreadable(refusal) => Some(refusal.problem.status.as_u16()),
            _ => None,
        }
    }

    fn post(fields: &str) -> Result<Framing, u16> {
        match Head::of(format!("POST / HTTP/1.1\r\nhost: x\r\n{fields}\r\n").as_bytes()) {
            Head::Whole(_, framing) => Ok(framing),
            Head::Unreadable(refusal) => Err(refusal.problem.status.as_u16()),
            Head::Incomplete => Err(0),
        }
    }

    #[test]
    fn a_head_is_whole_with_its_empty_line() {
        let head = b"GET /a?b HTTP/1.1\r\nHost: x\r\nA:\tb \r\n\r\n";
        for end in 1..head.len() {
            assert!(matches!(Head::of(&head[..end]), Head::Incomplete), "{end}");
        }
        let more = [head, &b"GET /"[..]].concat();
        assert!(matches!(Head::of(&more), Head::Whole(length, Framing::Length(0)) if length == head.len()));
    }

    #[test]
    fn what_is_no_request_is_refused_by_what_is_wrong_with_it() {
        let fields = "x: y\r\n".repeat(MOST_FIELDS);
        for (head, status) in [
            ("GARBAGE\r\n\r\n".to_owned(), 400),
            ("GET /\r\n\r\n".into(), 400),
            ("GET  / HTTP/1.1\r\nhost: x\r\n\r\n".into(), 400),
            ("G\0T / HTTP/1.1\r\nhost: x\r\n\r\n".into(), 400),
            ("GET / HTTP/1.1\r\nhost : x\r\n\r\n".into(), 400),
            ("GET / HTTP/1.1\r\nhost: x\r\n folded\r\n\r\n".into(), 400),
            ("GET / HTTP/1.1\r\nhost: x\r\na: \x01\r\n\r\n".into(), 400),
            ("GET / HTTP/1.1\r\nhost: x\ra: b\r\n\r\n".into(), 400),
            ("GET http:// HTTP/1.1\r\nhost: x\r\n\r\n".into(), 400),
            ("\x16\x03\x01\x02".into(), 400),
            ("A".repeat(LONGEST_METHOD + 1), 400),
            ("GET / HTTP/9.9\r\nhost: x\r\n\r\n".into(), 505),
            ("GET / HTTP/1.2\r\nhost: x\r\n\r\n".into(), 505),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 505),
            ("GET / JUNK/1.1\r\nhost: x\r\n\r\n".into(), 400),
            (format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n"), 431),
            (format!("GET / HTTP/1.1\r\nhost: x\r\na: {}", "b".repeat(LONGEST_HEAD)), 431),
            (format!("GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n", "b".repeat(LONGEST_HEAD)), 431),
            (format!("GET /{}", "a".repeat(LONGEST_TARGET + 1)), 414),
            (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(LONGEST_TARGET)), 414),
        ] {
            assert_eq!(refused(&head), Some(status), "{:?}", head.chars().take(60).collect::<String>());
        }
    }

    #[test]
    fn what_fits_exactly_is_taken() {
        let fields = "x: y\r\n".repeat(MOST_FIELDS - 1);
        let target = "a".repeat(LONGEST_TARGET - 1);
        for head in [
            format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n"),
            format!("GET /{target} HTTP/1.1\r\nhost: x\r\n\r\n"),
        ] {
            assert_eq!(refused(&head), None);
        }
    }

    #[test]
    fn a_body_is_framed_in_one_way_or_refused() {
        for (fields, framing) in [
            ("", Ok(Framing::Length(0))),
            ("Content-Length: 5\r\n", Ok(Framing::Length(5))),
            ("Transfer-Encoding: Chunked\r\n", Ok(Framing::CHUNKED)),
            ("content-length: -1\r\n", Err(400)),
            ("content-length: +1\r\n", Err(400)),
            ("content-length: \r\n", Err(400)),
            ("content-length: 1, 1\r\n", Err(400)),
            ("content-length: 1\r\ncontent-length: 1\r\n", Err(400)),
            ("content-length: 1\r\ncontent-length: 2\r\n", Err(400)),
            ("content-length: 99999999999999999999999\r\n", Err(413)),
            ("content-length: 1\r\ntransfer-encoding: chunked\r\n", Err(400)),
            ("transfer-encoding: chunked, chunked\r\n", Err(400)),
            ("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", Err(400)),
            ("transfer-encoding: gzip, chunked\r\n", Err(501)),
            ("transfer-encoding: identity\r\n", Err(501)),
            ("transfer-encoding: \r\n", Err(501)),
        ] {
            assert_eq!(post(fields), framing, "{fields:?}");
        }
        assert_eq!(refused("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n"), Some(400));
    }

    #[test]
    fn what_can_be_read_of_a_refused_request_is_known() {
        let Head::Unreadable(refusal) = Head::of(b"HEAD /a?b HTTP/1.1\r\nhost : x\r\n\r\n") else {
            unreachable!("it is refused");
        };
        assert_eq!((&*refusal.method, &*refusal.path), ("HEAD", "/a"));
        assert!(refusal.stand_in().starts_with("HEAD "));
    }
}
