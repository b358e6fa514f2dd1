//! Tables as files: CSV (RFC 4180), JSON Lines, and XLSX with the feature `xlsx`; CSV needs the feature `csv`.
//!
//! What is written is of a type, so that a spreadsheet shows a date as a date and keeps an identifier of digits as it
//! is: a text is always written as a text, also if it begins with `=`. What is read is text, whatever the format: see
//! [`RowIn::read`].

#[cfg(feature = "csv")]
mod comma;
mod json_lines;
mod row;
#[cfg(feature = "xlsx")]
mod sheet;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, problem::Problem, text_enum};

pub use row::RowIn;

/// Rows that one file may have; a spreadsheet has room for 1,048,576.
pub const MAX_ROWS: usize = 100_000;

text_enum! {
    /// How a table is written.
    pub enum Format {
        /// Comma-separated values with a header, in UTF-8 (RFC 4180).
        Csv = "csv",
        /// An object a line.
        JsonLines = "jsonl",
        /// A spreadsheet of Office Open XML; its first sheet is read.
        Xlsx = "xlsx",
    }
}

impl Format {
    /// Its media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// That of a body with these headers: 415 if it is none that this service reads.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let given =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let found = match essence.as_str() {
            "text/csv" => Some(Self::Csv),
            "application/jsonl" | "application/x-ndjson" | "application/json-lines" => Some(Self::JsonLines),
            _ if Self::Xlsx.content_type() == essence => Some(Self::Xlsx),
            _ => None,
        };
        found.filter(|format| format.is_known()).ok_or_else(|| Problem::unsupported_media_type(KNOWN))
    }

    const fn is_known(self) -> bool {
        match self {
            Self::Csv => cfg!(feature = "csv"),
            Self::JsonLines => true,
            Self::Xlsx => cfg!(feature = "xlsx"),
        }
    }

    /// Reads a file whole. 422 if it is none of this format, or has no header, or too many rows.
    pub fn read(self, file: &Bytes) -> Result<Vec<RowIn>, Problem> {
        let rows = match self {
            Self::JsonLines => json_lines::read(file),
            #[cfg(feature = "csv")]
            Self::Csv => comma::read(file),
            #[cfg(feature = "xlsx")]
            Self::Xlsx => sheet::read(file),
            #[allow(unreachable_patterns, reason = "with all features there is no other")]
            _ => return Err(Problem::unsupported_media_type(KNOWN)),
        }?;
        if rows.len() > MAX_ROWS {
            Err(unreadable(format!("It has more than {MAX_ROWS} rows.")))
        } else {
            Ok(rows)
        }
    }

    /// Writes a file.
    pub fn write(self, columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
        match self {
            Self::JsonLines => json_lines::write(columns, rows),
            #[cfg(feature = "csv")]
            Self::Csv => comma::write(columns, rows),
            #[cfg(feature = "xlsx")]
            Self::Xlsx => sheet::write(columns, rows),
            #[allow(unreachable_patterns, reason = "with all features there is no other")]
            _ => Err(Problem::unsupported_media_type(KNOWN)),
        }
    }

    /// The headers of a file with this name, without its ending.
    pub fn headers(self, name: &str) -> [(http::HeaderName, HeaderValue); 2] {
        let disposition = format!("attachment; filename=\"{name}.{self}\"");
        let disposition = HeaderValue::from_str(&disposition);
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.content_type())),
            (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        ]
    }
}

const KNOWN: &str = match (cfg!(feature = "csv"), cfg!(feature = "xlsx")) {
    (true, true) => {
        "text/csv, application/jsonl, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }
    (true, false) => "text/csv, application/jsonl",
    _ => "application/jsonl",
};

/// What a cell holds that is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Cell {
    /// Nothing.
    #[serde(rename = "e")]
    Empty,
    /// A text, also one of digits.
    #[serde(rename = "t")]
    Text(String),
    /// A number that is counted or measured.
    #[serde(rename = "n")]
    Number(f64),
    /// Yes or no.
    #[serde(rename = "b")]
    Boolean(bool),
    /// A moment, in UTC.
    #[serde(rename = "m")]
    Moment(Timestamp),
}

impl<T: Into<String>> From<Option<T>> for Cell {
    fn from(text: Option<T>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Timestamp> for Cell {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

fn unreadable(detail: String) -> Problem {
    Problem::unprocessable("UNREADABLE_FILE", detail)
}

#[cfg(test)]
mod tests;
