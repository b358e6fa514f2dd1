//! CSV.

use std::cmp::Ordering;

use super::{Cell, Room, RowIn, keep, row::checked_header, unreadable};
use crate::{log, problem::Problem};

pub(super) fn read(file: &[u8]) -> Result<Vec<RowIn>, Problem> {
    // Spreadsheets put a byte order mark before their CSV.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    // The lengths of rows are judged one by one.
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header =
        reader.headers().map_err(|error| unreadable(format!("The first line can't be read: {error}.")))?;
    let names = checked_header(header.iter().map(ToOwned::to_owned).collect())?;
    let mut room = Room::new();
    let (mut rows, mut record) = (Vec::new(), csv::StringRecord::new());
    let mut begin = reader.position().byte();
    loop {
        let read = reader.read_record(&mut record);
        let end = reader.position().byte();
        let row = match read {
            Ok(false) => return Ok(rows),
            Ok(true) => row(&names, &record, slice(file, begin, end), &mut room)?,
            Err(error) => RowIn::wrong(format!("The row can't be read: {error}.")),
        };
        keep(&mut rows, row)?;
        begin = end;
    }
}

fn slice(file: &[u8], begin: u64, end: u64) -> &[u8] {
    let at = |position: u64| usize::try_from(position).unwrap_or(usize::MAX);
    file.get(at(begin)..at(end)).unwrap_or_default()
}

fn row(names: &[String], record: &csv::StringRecord, raw: &[u8], room: &mut Room) -> Result<RowIn, Problem> {
    if let Some(wrong) = wrong_quote(raw) {
        return Ok(RowIn::wrong(wrong));
    }
    match record.len().cmp(&names.len()) {
        Ordering::Less => return Ok(RowIn::wrong("The row has fewer cells than the first line.")),
        Ordering::Greater => return Ok(RowIn::wrong("The row has more cells than the first line.")),
        Ordering::Equal => {}
    }
    let texts: Vec<String> = record.iter().map(|text| unguarded(text).to_owned()).collect();
    names.iter().zip(&texts).try_for_each(|(name, text)| room.take(name, text))?;
    Ok(RowIn::new(names.iter().cloned().zip(texts)))
}

/// What is wrong with the quotes of a row as it stands in the file. The reader takes all that follows a quote that isn't
/// closed for that cell, up to the next quote or the end of the file: other rows would be lost in it.
fn wrong_quote(raw: &[u8]) -> Option<&'static str> {
    enum At {
        Begin,
        Plain,
        Quoted,
        Closed,
    }
    let mut at = At::Begin;
    for byte in raw {
        at = match (at, byte) {
            (At::Begin | At::Closed, b'"') | (At::Quoted, b'\0'..=b'!' | b'#'..) => At::Quoted,
            (At::Quoted, b'"') => At::Closed,
            (At::Begin | At::Plain | At::Closed, b',' | b'\r' | b'\n') => At::Begin,
            (At::Begin | At::Plain, _) => At::Plain,
            (At::Closed, _) => return Some("A cell of the row goes on after its closing quote."),
        };
    }
    matches!(at, At::Quoted).then_some("A quote of the row isn't closed.")
}

/// The first line.
pub(super) fn header(columns: &[&str]) -> Result<Vec<u8>, Problem> {
    let names = columns.iter().map(|name| Cell::Text((*name).to_owned()));
    write_rows(std::iter::once(names.collect()))
}

pub(super) fn write_rows(rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
    let failed = |error: String| {
        log::error(format!("CSV can't be written: {error}"));
        Problem::internal()
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(text)).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) if may_be_formula(text) => format!("{GUARD}{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Boolean(boolean) => boolean.to_string(),
        Cell::Moment(moment) => moment.to_string(),
    }
}

/// What a text gets that a spreadsheet would take for a formula; the spreadsheet hides it (OWASP, CSV injection).
const GUARD: char = '\'';

/// Whether a text gets a guard. One that has guards already gets another, so that reading can take away exactly one.
fn may_be_formula(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text as it was before its guard.
fn unguarded(text: &str) -> &str {
    text.strip_prefix(GUARD).filter(|rest| may_be_formula(rest)).unwrap_or(text)
}
