//! A request laid out in advance, with gaps for what differs from one request to the next.

use uuid::Uuid;

use crate::arguments::Arguments;

/// Stands for what is unique in each request.
const UNIQUE: &str = "{unique}";
/// Stands for the request's own of the values that are taken in turns.
const VALUE: &str = "{value}";

/// A part of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    Text(Vec<u8>),
    Unique,
    Value,
}

/// What is sent first, and what after its answer.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    head: Vec<Piece>,
    body: Vec<Piece>,
    /// The rest of the path of what is sent then, and its headers.
    then: Option<(String, Vec<Piece>)>,
}

impl Template {
    /// Lays out the request that the command line describes.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let url = &arguments.url;
        let path = url.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let authority = url.authority().map_or("", http::uri::Authority::as_str);
        let first = format!("{} {path} HTTP/1.1\r\n", arguments.method).into_bytes();
        let mut headers = format!("host: {authority}\r\n").into_bytes();
        for (name, value) in &arguments.headers {
            headers.extend_from_slice(name.as_str().as_bytes());
            headers.extend_from_slice(b": ");
            headers.extend_from_slice(value.as_bytes());
            headers.extend_from_slice(b"\r\n");
        }
        let then = arguments.then.as_ref().map(|suffix| (suffix.clone(), split(&headers)));
        Self { head: split(&[first, headers].concat()), body: split(arguments.body.as_bytes()), then }
    }

    /// Writes the next request over what `buffer` held.
    pub(crate) fn write(&self, value: &str, buffer: &mut Vec<u8>) {
        let unique = Uuid::new_v4().hyphenated().to_string();
        let fill = |pieces: &[Piece], buffer: &mut Vec<u8>| fill(pieces, &unique, value, buffer);
        buffer.clear();
        fill(&self.head, buffer);
        let mut body = Vec::new();
        fill(&self.body, &mut body);
        if !body.is_empty() {
            buffer.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        buffer.extend_from_slice(b"\r\n");
        buffer.extend_from_slice(&body);
    }

    /// Writes what is sent after an answer with this `Location`; whether there is such a thing.
    pub(crate) fn write_then(&self, location: &str, value: &str, buffer: &mut Vec<u8>) -> bool {
        let Some((suffix, headers)) = &self.then else { return false };
        // An address, of which the server is known.
        let path = location
            .split_once("://")
            .map_or(location, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
        buffer.clear();
        buffer.extend_from_slice(format!("POST {path}{suffix} HTTP/1.1\r\n").as_bytes());
        fill(headers, &Uuid::new_v4().hyphenated().to_string(), value, buffer);
        buffer.extend_from_slice(b"content-length: 0\r\n\r\n");
        true
    }

    /// Whether something is sent after each answer.
    pub(crate) fn has_then(&self) -> bool {
        self.then.is_some()
    }
}

fn fill(pieces: &[Piece], unique: &str, value: &str, buffer: &mut Vec<u8>) {
    for piece in pieces {
        buffer.extend_from_slice(match piece {
            Piece::Text(text) => text,
            Piece::Unique => unique.as_bytes(),
            Piece::Value => value.as_bytes(),
        });
    }
}

/// The pieces of a text between placeholders.
fn split(text: &[u8]) -> Vec<Piece> {
    let gaps = [(UNIQUE.as_bytes(), Piece::Unique), (VALUE.as_bytes(), Piece::Value)];
    let (mut pieces, mut text, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some((first, tail)) = rest.split_first() {
        let gap = gaps.iter().find_map(|(name, gap)| Some((rest.strip_prefix(*name)?, gap)));
        if let Some((after, gap)) = gap {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(gap.clone());
            rest = after;
        } else {
            text.push(*first);
            rest = tail;
        }
    }
    pieces.push(Piece::Text(text));
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
        Template::new(&Arguments::parse_from(command)).write("v7", &mut buffer);
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

    #[test]
    fn the_value_of_a_request_stands_in_its_path_headers_and_body() {
        let text = write(&["--header", "If-Match: {value}", "--body", "[{value}, {value}]"]);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "[v7, v7]");
        assert!(head.contains("if-match: v7") && head.contains("content-length: 8"), "{head}");
        let command = ["lyceum-load", "http://localhost:1/items/{value}"];
        let mut buffer = Vec::new();
        Template::new(&Arguments::parse_from(command)).write("v7", &mut buffer);
        assert!(buffer.starts_with(b"GET /items/v7 HTTP/1.1\r\n"));
    }

    #[test]
    fn what_is_sent_then_goes_to_where_the_answer_says_with_the_same_headers() {
        let command = [
            "lyceum-load",
            "http://localhost:1/a",
            "--header",
            "Authorization: Bearer t",
            "--body",
            "{}",
            "--then",
            "/return",
        ];
        let template = Template::new(&Arguments::parse_from(command));
        for location in ["/a/7", "http://library.example/a/7"] {
            let mut buffer = b"left over".to_vec();
            assert!(template.write_then(location, "", &mut buffer));
            let expected = "POST /a/7/return HTTP/1.1\r\nhost: localhost:1\r\nauthorization: Bearer t\r\ncontent-length: 0\r\n\r\n";
            assert_eq!(String::from_utf8(buffer).unwrap(), expected);
        }
        let alone = Template::new(&Arguments::parse_from(["lyceum-load", "http://localhost:1/a"]));
        assert!(!alone.has_then() && !alone.write_then("/a/7", "", &mut Vec::new()));
    }
}
