//! A request laid out in advance, with gaps for what differs from one request to the next.

use uuid::Uuid;

use crate::arguments::Arguments;

/// Stands in headers and body for what is unique in each request.
const PLACEHOLDER: &str = "{unique}";

/// A request's bytes between the gaps.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pieces: Vec<Vec<u8>>,
}

impl Template {
    /// Lays out the request that the command line describes.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let url = &arguments.url;
        let path = url.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let authority = url.authority().map_or("", http::uri::Authority::as_str);
        let mut text = format!("{} {path} HTTP/1.1\r\nhost: {authority}\r\n", arguments.method).into_bytes();
        for (name, value) in &arguments.headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        let body = &arguments.body;
        if !body.is_empty() {
            // A UUID is longer than its placeholder, and the server must be told the final length.
            let gaps = body.matches(PLACEHOLDER).count();
            let length = body.len() - gaps * PLACEHOLDER.len() + gaps * uuid::fmt::Hyphenated::LENGTH;
            text.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(body.as_bytes());
        Self { pieces: split(&text, PLACEHOLDER.as_bytes()) }
    }

    /// Writes the next request over what `buffer` held.
    pub(crate) fn write(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        let mut pieces = self.pieces.iter();
        buffer.extend_from_slice(pieces.next().map_or(&[], Vec::as_slice));
        if self.pieces.len() > 1 {
            let mut unique = Uuid::encode_buffer();
            let unique = Uuid::new_v4().hyphenated().encode_lower(&mut unique).as_bytes();
            for piece in pieces {
                buffer.extend_from_slice(unique);
                buffer.extend_from_slice(piece);
            }
        }
    }
}

/// The pieces of `text` between occurrences of `separator`.
fn split(text: &[u8], separator: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(separator.len()).position(|window| window == separator) {
        let (piece, tail) = rest.split_at(at);
        pieces.push(piece.to_vec());
        rest = tail.get(separator.len()..).unwrap_or_default();
    }
    pieces.push(rest.to_vec());
    pieces
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Template;
    use crate::arguments::Arguments;

    fn write(arguments: &[&str]) -> String {
        let command = ["lyceum-load", "http://localhost:1/a?b=c"].iter().chain(arguments);
        let mut buffer = b"left over".to_vec();
        Template::new(&Arguments::parse_from(command)).write(&mut buffer);
        String::from_utf8(buffer).unwrap()
    }

    #[test]
    fn a_request_is_written_as_described() {
        let text = write(&["--header", "Accept: text/plain"]);
        assert_eq!(text, "GET /a?b=c HTTP/1.1\r\nhost: localhost:1\r\naccept: text/plain\r\n\r\n");
    }

    #[test]
    fn a_unique_value_fills_every_gap_and_is_counted_in_the_length() {
        let text = write(&[
            "--method",
            "POST",
            "--header",
            "Idempotency-Key: {unique}",
            "--body",
            "<{unique}|{unique}>",
        ]);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let unique = head.lines().find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap();
        assert_eq!(unique.len(), 36);
        assert_eq!(body, format!("<{unique}|{unique}>"));
        assert!(head.contains(&format!("content-length: {}", body.len())));
        let again = write(&["--method", "POST", "--body", "{unique}"]);
        assert_ne!(again.split_once("\r\n\r\n").unwrap().1, unique);
    }
}
