//! A file of records, one JSON object a line.

use std::io::{self, BufRead, Read as _};

use serde_json::{Map, Value};

use super::kind::Kind;

/// The longest line, in bytes: what a slice has room for.
const LONGEST: u64 = 128 * 1024;
/// What some editors write before the first line.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A record of the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// The record without its kind, as JSON.
    pub(crate) row: String,
}

/// A line that is no record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Unreadable {
    /// From 1.
    pub(crate) number: u64,
    /// Its kind, if that much can be read.
    pub(crate) kind: Option<String>,
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

/// Reads such a file line by line. Lines without anything are passed over.
pub(crate) struct Lines<R> {
    input: R,
    number: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, number: 0, bytes: 0 }
    }

    /// How many bytes were read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many lines were read.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next record, or what stands in its place; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Result<Line, Unreadable>>> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = self.input.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.bytes += u64::try_from(read).unwrap_or(0);
            if !line.ends_with(b"\n") && self.skip()? > 0 {
                let text = format!("A line has at most {LONGEST} bytes.");
                return Ok(Some(Err(self.unreadable(None, "LINE_TOO_LONG", text))));
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(self.record(&line)));
            }
        }
    }

    /// Passes over the rest of a line: how long it was.
    fn skip(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            skipped += u64::try_from(used).unwrap_or(0);
            self.bytes += u64::try_from(used).unwrap_or(0);
            if end.is_some() || used == 0 {
                return Ok(skipped);
            }
        }
    }

    fn record(&self, line: &[u8]) -> Result<Line, Unreadable> {
        let text = std::str::from_utf8(line)
            .map_err(|_| self.unreadable(None, "NOT_UTF_8", "The line is not UTF-8.".to_owned()))?;
        let text = if self.number == 1 { text.trim_start_matches(BYTE_ORDER_MARK) } else { text };
        let mut object: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            self.unreadable(None, "NOT_AN_OBJECT", format!("The line is no JSON object: {error}."))
        })?;
        let name = object.remove("kind");
        let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = Kind::from_name(name) else {
            let kinds = Kind::ALL.map(Kind::name).join(", ");
            let text = format!("`kind` must be one of {kinds}.");
            return Err(self.unreadable(Some(name.to_owned()), "UNKNOWN_KIND", text));
        };
        let row = Value::Object(object);
        if holds_nul(&row) {
            let text = "No text may contain the character NUL.".to_owned();
            return Err(self.unreadable(Some(name.to_owned()), "CONTROL_CHARACTER", text));
        }
        Ok(Line { number: self.number, kind, row: row.to_string() })
    }

    fn unreadable(&self, kind: Option<String>, code: &'static str, text: String) -> Unreadable {
        Unreadable { number: self.number, kind, code, text }
    }
}

/// Whether a text in it holds NUL, which no database keeps.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Line, Unreadable>> {
        let mut lines = Lines::new(text.as_bytes());
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn codes(text: &str) -> Vec<(u64, &'static str)> {
        read(text)
            .into_iter()
            .map(|line| line.map_or_else(|bad| (bad.number, bad.code), |line| (line.number, "")))
            .collect()
    }

    #[test]
    fn a_record_is_a_line_with_its_kind_and_empty_lines_only_count() {
        let text =
            "\u{feff}{\"kind\":\"genre\",\"name\":\"Drama\"}\n\n  \r\n{\"name\":\"X\",\"kind\":\"author\"}";
        let genre = Line { number: 1, kind: Kind::Genre, row: "{\"name\":\"Drama\"}".to_owned() };
        let author = Line { number: 4, kind: Kind::Author, row: "{\"name\":\"X\"}".to_owned() };
        assert_eq!(read(text), [Ok(genre), Ok(author)]);
    }

    #[test]
    fn what_is_no_record_is_told_with_its_line_and_stops_no_other() {
        let text = "{\"kind\":\"genre\"}\nno\n[1]\n{\"kind\":\"loan\"}\n{}\n{\"kind\":\"book\",\"title\":\"a\\u0000\"}\n\
                    {\"kind\":\"genre\"}\n";
        let expected = [
            (1, ""),
            (2, "NOT_AN_OBJECT"),
            (3, "NOT_AN_OBJECT"),
            (4, "UNKNOWN_KIND"),
            (5, "UNKNOWN_KIND"),
            (6, "CONTROL_CHARACTER"),
            (7, ""),
        ];
        assert_eq!(codes(text), expected);
        let mut lines = Lines::new(&b"\xff\n{\"kind\":\"genre\"}"[..]);
        assert_eq!(lines.next().unwrap().unwrap().unwrap_err().code, "NOT_UTF_8");
        assert!(lines.next().unwrap().unwrap().is_ok());
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_not_held() {
        let long = format!("{{\"kind\":\"genre\",\"name\":\"{}\"}}", "x".repeat(1_000_000));
        let text = format!("{long}\n{{\"kind\":\"genre\"}}\n{long}");
        assert_eq!(codes(&text), [(1, "LINE_TOO_LONG"), (2, ""), (3, "LINE_TOO_LONG")]);
        let mut lines = Lines::new(text.as_bytes());
        while lines.next().unwrap().is_some() {}
        assert_eq!((lines.bytes(), lines.number()), (text.len() as u64, 3));
    }
}
