//! Running one statement.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::error::map;
use crate::guard::Budget;
use crate::{Error, Rows, Statement, Value};

/// Runs the statements in order.
pub(super) fn run_all(
    connection: &Connection,
    statements: &[Statement],
    budget: &Budget,
) -> Result<Vec<Rows>, Error> {
    (0..).zip(statements).map(|(index, statement)| run(connection, index, statement, budget)).collect()
}

fn run(connection: &Connection, index: u32, statement: &Statement, budget: &Budget) -> Result<Rows, Error> {
    let mut prepared = connection.prepare_cached(&statement.text).map_err(map)?;
    bind(&mut prepared, &statement.params)?;
    let reads = prepared.readonly();
    let mut rows = Vec::new();
    let mut cursor = prepared.raw_query();
    while let Some(row) = cursor.next().map_err(map)? {
        let width = row.as_ref().column_count();
        let values = (0..width)
            .map(|column| value(row.get_ref(column).map_err(map)?))
            .collect::<Result<Vec<_>, _>>()?;
        budget.take(&values)?;
        rows.push(values);
    }
    drop(cursor);
    // Only now: the first step may have prepared it anew after a change of the schema.
    let columns = prepared.column_names().into_iter().map(str::to_owned).collect();
    let affected = if reads { 0 } else { connection.changes() };
    let rows = Rows { columns, rows, affected };
    rows.expect(statement.expect_rows, index, reads)?;
    Ok(rows)
}

/// SQLite takes `$1` for a name, so the number is read from it.
fn bind(prepared: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), Error> {
    for index in 1..=prepared.parameter_count() {
        let number =
            prepared.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let param = number.and_then(|number| params.get(number.checked_sub(1)?));
        let param = param.ok_or_else(|| Error::Invalid("a placeholder without a parameter".into()))?;
        prepared.raw_bind_parameter(index, output(param)).map_err(map)?;
    }
    Ok(())
}

fn output(value: &Value) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        Value::Null => ValueRef::Null,
        Value::Boolean(truth) => ValueRef::Integer(i64::from(*truth)),
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Float(number) => ValueRef::Real(*number),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Bytes(bytes) => ValueRef::Blob(bytes),
    })
}

fn value(stored: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Text(text) => Value::Text(
            String::from_utf8(text.to_vec())
                .map_err(|_| Error::Invalid("stored text is not UTF-8".into()))?,
        ),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec().into()),
    })
}
