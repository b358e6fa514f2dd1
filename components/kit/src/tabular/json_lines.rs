//! JSON Lines: an object a line.

use serde_json::{Map, Number, Value};

use super::{Cell, RowIn, keep, unreadable};
use crate::{log, problem::Problem};

pub(super) fn read(file: &[u8]) -> Result<Vec<RowIn>, Problem> {
    let text = str::from_utf8(file).map_err(|_| unreadable("It must be in UTF-8.".to_owned()))?;
    rows(text.trim_start_matches('\u{feff}').lines())
}

/// Those of as many lines as there may be rows; no line is asked for after one too many.
pub(super) fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<RowIn>, Problem> {
    let mut rows = Vec::new();
    lines.filter(|line| !line.trim().is_empty()).map(row).try_for_each(|row| keep(&mut rows, row))?;
    Ok(rows)
}

fn row(line: &str) -> RowIn {
    let object: Map<String, Value> = match serde_json::from_str(line) {
        Ok(object) => object,
        Err(error) => return RowIn::wrong(format!("The line is no JSON object: {error}.")),
    };
    let mut cells = Vec::with_capacity(object.len());
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return RowIn::wrong(format!("{name} must be a text, a number or a truth value."));
            }
        };
        cells.push((name, text));
    }
    RowIn::new(cells)
}

pub(super) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, Problem> {
    let mut file = Vec::new();
    for row in rows {
        let cells = columns.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), value(cell)));
        let object: Map<String, Value> = cells.collect();
        serde_json::to_writer(&mut file, &object).map_err(|error| {
            log::error(error.to_string());
            Problem::internal()
        })?;
        file.push(b'\n');
    }
    Ok(file)
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.into(),
        Cell::Number(number) => number_of(number),
        Cell::Boolean(boolean) => boolean.into(),
        Cell::Moment(moment) => moment.to_string().into(),
    }
}

/// What is whole is written so.
#[allow(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
