//! CSV.

use super::{Cell, Room, RowIn, row::checked_header, unreadable};
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
    let row = |record: Result<csv::StringRecord, csv::Error>| match record {
        Ok(record) if record.len() > names.len() => {
            Ok(RowIn::wrong("The row has more cells than the first line."))
        }
        Ok(record) => {
            names.iter().zip(&record).try_for_each(|(name, text)| room.take(name, text))?;
            Ok(RowIn::new(names.iter().cloned().zip(record.iter().map(ToOwned::to_owned))))
        }
        Err(error) => Ok(RowIn::wrong(format!("The row can't be read: {error}."))),
    };
    reader.records().map(row).collect()
}

pub(super) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
    let failed = |error: String| {
        log::error(format!("CSV can't be written: {error}"));
        Problem::internal()
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(|error| failed(error.to_string()))?;
    for row in rows {
        writer.write_record(row.iter().map(text)).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// A text that a spreadsheet would take for a formula gets an apostrophe, which it hides (OWASP, CSV injection).
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Boolean(boolean) => boolean.to_string(),
        Cell::Moment(moment) => moment.to_string(),
    }
}
