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
#[cfg(feature = "xlsx")]
mod unpacked;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, problem::Problem, text_enum, violation::Violation};

pub use row::RowIn;

/// Rows that one file may have; a spreadsheet has room for 1,048,576.
pub const MAX_ROWS: usize = 100_000;

/// Cells that a spreadsheet is given at most: all of them are in memory until it is written.
const MAX_CELLS: usize = 150_000;

text_enum! {
    /// How a table is written.
    pub enum Format {
        /// Comma-separated values with a header, in UTF-8 (RFC 4180).
        Csv = "csv",
        /// An object a line.
        JsonLines = "jsonl",
        /// A spreadsheet of Office Open XML; its first sheet is read. Not every service knows it.
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

    /// How many rows of so many columns a file that is written may have.
    pub fn max_rows(self, columns: usize) -> usize {
        match self {
            Self::Xlsx => MAX_ROWS.min(MAX_CELLS / columns.max(1)),
            _ => MAX_ROWS,
        }
    }

    const fn is_known(self) -> bool {
        match self {
            Self::Csv => cfg!(feature = "csv"),
            Self::JsonLines => true,
            Self::Xlsx => cfg!(feature = "xlsx"),
        }
    }

    /// Fails with 422 and the field `format`, unless this service writes it.
    pub(crate) fn check_known(self) -> Result<(), Problem> {
        if self.is_known() {
            return Ok(());
        }
        let unknown = Violation::new("UNKNOWN_FORMAT", format!("Must be one of {KNOWN}."));
        Err(Problem::invalid(vec![unknown.at("/format")]))
    }

    /// Reads a file whole. 422 if it is none of this format, or has no header, or too many rows.
    pub fn read(self, file: &Bytes) -> Result<Vec<RowIn>, Problem> {
        match self {
            Self::JsonLines => json_lines::read(file),
            #[cfg(feature = "csv")]
            Self::Csv => comma::read(file),
            #[cfg(feature = "xlsx")]
            Self::Xlsx => sheet::read(file),
            #[allow(unreachable_patterns, reason = "with all features there is no other")]
            _ => Err(Problem::unsupported_media_type(KNOWN)),
        }
    }

    /// Writes a file.
    pub fn write(self, columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
        match self {
            #[cfg(feature = "xlsx")]
            Self::Xlsx => sheet::write(columns, rows),
            _ => {
                let mut file = self.header(columns)?;
                file.append(&mut self.write_rows(columns, rows)?);
                Ok(file)
            }
        }
    }

    /// Whether a file's header and its rows, some after others, are the file.
    pub(crate) const fn is_written_in_parts(self) -> bool {
        !matches!(self, Self::Xlsx)
    }

    /// What stands before the rows of a file that is written in parts.
    pub(crate) fn header(self, columns: &[&str]) -> Result<Vec<u8>, Problem> {
        match self {
            Self::JsonLines => Ok(Vec::new()),
            #[cfg(feature = "csv")]
            Self::Csv => comma::header(columns),
            #[allow(unreachable_patterns, reason = "with the feature there is one less")]
            Self::Csv | Self::Xlsx => Err(Problem::unsupported_media_type(KNOWN)),
        }
    }

    /// Rows of a file that is written in parts.
    pub(crate) fn write_rows(
        self,
        columns: &[&str],
        rows: impl Iterator<Item = Vec<Cell>>,
    ) -> Result<Vec<u8>, Problem> {
        match self {
            Self::JsonLines => json_lines::write(columns, rows),
            #[cfg(feature = "csv")]
            Self::Csv => comma::write_rows(rows),
            #[allow(unreachable_patterns, reason = "with the feature there is one less")]
            Self::Csv | Self::Xlsx => Err(Problem::unsupported_media_type(KNOWN)),
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

/// Room for the rows of a file, in bytes of an instance's memory: names of columns and texts, and what each takes itself.
#[cfg(any(feature = "csv", feature = "xlsx"))]
struct Room(usize);

#[cfg(any(feature = "csv", feature = "xlsx"))]
impl Room {
    const fn new() -> Self {
        Self(24 << 20)
    }

    /// Takes what a cell with this name and text needs; nothing if it is empty. 422 if there is no more.
    fn take(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        const CELL: usize = 48;
        if text.is_empty() {
            return Ok(());
        }
        let left = self.0.checked_sub(CELL + name.len() + text.len());
        self.0 = left.ok_or_else(|| unreadable("It holds more than can be read at once.".to_owned()))?;
        Ok(())
    }
}

/// Adds a row that was read; 422 as soon as there are too many, before the rest of the file is read.
fn keep(rows: &mut Vec<RowIn>, row: RowIn) -> Result<(), Problem> {
    if rows.len() >= MAX_ROWS {
        return Err(unreadable(format!("It has more than {MAX_ROWS} rows.")));
    }
    rows.push(row);
    Ok(())
}

fn unreadable(detail: String) -> Problem {
    Problem::unprocessable("UNREADABLE_FILE", detail)
}

#[cfg(test)]
mod tests;
