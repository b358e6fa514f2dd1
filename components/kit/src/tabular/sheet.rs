//! XLSX.

use std::io::Cursor;

use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx, XlsxError as XlsxFault};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    Cell, MAX_ROWS, Room, RowIn,
    row::{MAX_COLUMNS, checked_header},
    unpacked, unreadable,
};
use crate::{clock::Timestamp, log, problem::Problem};

/// How a date is shown: ISO 8601, to the second.
const DATE: &str = "yyyy-mm-dd hh:mm:ss";
/// The last moment that a spreadsheet knows: the end of the year 9999.
const LAST: i64 = 253_402_300_799;
/// 1900-03-01: before it spreadsheets count days in two ways.
const FIRST: i64 = -2_203_891_200;

pub(super) fn read(file: &Bytes) -> Result<Vec<RowIn>, Problem> {
    unpacked::check(file)?;
    let mut rows = cells(file)?.into_iter();
    let mut names: Vec<String> = Vec::new();
    for (column, name) in rows.next().unwrap_or_default() {
        names.resize(names.len().max(column + 1), String::new());
        names.get_mut(column).into_iter().for_each(|place| place.clone_from(&name));
    }
    let names = checked_header(names)?;
    let mut room = Room::new();
    let mut row = |cells: Vec<(usize, String)>| {
        let in_column = |(column, text): (usize, String)| {
            Some((names.get(column).filter(|name| !name.is_empty())?.clone(), text))
        };
        let cells: Vec<(String, String)> = cells.into_iter().filter_map(in_column).collect();
        cells.iter().try_for_each(|(name, text)| room.take(name, text))?;
        Ok(RowIn::new(cells))
    };
    let mut rows: Vec<RowIn> = rows.map(&mut row).collect::<Result<_, Problem>>()?;
    // Sheets often end with rows that only look used.
    while rows.last().is_some_and(RowIn::is_empty) {
        rows.pop();
    }
    Ok(rows)
}

/// The texts of the first sheet's rows, each with its column: a sheet may say that it is larger than any memory.
fn cells(file: &Bytes) -> Result<Vec<Vec<(usize, String)>>, Problem> {
    let wrong = |error: XlsxFault| unreadable(format!("It is no XLSX file that can be read: {error}."));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.clone())).map_err(wrong)?;
    let name =
        book.sheet_names().first().cloned().ok_or_else(|| unreadable("It has no sheet.".to_owned()))?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(wrong)?;
    let (mut rows, mut room): (Vec<Vec<_>>, Room) = (Vec::new(), Room::new());
    while let Some(cell) = reader.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        let (row, column) =
            (usize::try_from(row).unwrap_or(usize::MAX), usize::try_from(column).unwrap_or(usize::MAX));
        let text = text(&Data::from(cell.get_value().clone()));
        // What lies further is not there.
        if text.is_empty() || column >= MAX_COLUMNS {
            continue;
        }
        if row > MAX_ROWS {
            return Err(unreadable(format!("It has more than {MAX_ROWS} rows.")));
        }
        room.take("", &text)?;
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if let Some(cells) = rows.get_mut(row) {
            cells.push((column, text));
        }
    }
    Ok(rows)
}

/// A cell's text. A number that is whole is written so: spreadsheets keep a card's number as a float.
#[allow(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64).to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
        }
        Data::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
    written(columns, rows).map_err(|error| {
        log::error(format!("XLSX can't be written: {error}"));
        Problem::internal()
    })
}

fn written(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, date) = (Format::new().set_bold(), Format::new().set_num_format(DATE));
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    for (number, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            put(sheet, (number, column), cell, &date)?;
        }
    }
    book.save_to_buffer()
}

fn put(sheet: &mut Worksheet, (row, column): (u32, u16), cell: Cell, date: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Number(value) => sheet.write_number(row, column, value)?,
        Cell::Boolean(value) => sheet.write_boolean(row, column, value)?,
        Cell::Moment(moment) => match excel(moment)? {
            Some(moment) => sheet.write_datetime_with_format(row, column, &moment, date)?,
            None => sheet.write_string(row, column, moment.to_string())?,
        },
    };
    Ok(())
}

/// A moment as spreadsheets know it, which have no zone: in UTC, as everywhere.
fn excel(moment: Timestamp) -> Result<Option<ExcelDateTime>, XlsxError> {
    let seconds = moment.as_seconds();
    if (FIRST..=LAST).contains(&seconds) {
        ExcelDateTime::from_timestamp(seconds).map(Some)
    } else {
        Ok(None)
    }
}
