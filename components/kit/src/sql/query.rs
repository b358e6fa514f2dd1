//! Read-only statements.

use super::{FromRow, Rows, SqlError, Value, row::RowError};
use crate::{answer::Remembered, host::sql, once::OnceKey};

/// One statement of portable SQL with `$1`, `$2`, ... as placeholders.
#[derive(Clone, Debug)]
pub struct Statement(pub(super) sql::Statement);

/// A statement and its parameters: `statement("SELECT ... WHERE id = $1", params![id])`.
pub fn statement(text: impl Into<String>, params: Vec<Value>) -> Statement {
    Statement(sql::Statement { text: text.into(), params, expect_rows: None })
}

impl Statement {
    /// Fails the transaction unless it changes or returns this many rows.
    #[must_use]
    pub fn expect_rows(mut self, rows: u32) -> Self {
        self.0.expect_rows = Some(rows);
        self
    }
}

impl Statement {
    /// Its SQL.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// One value for each of its placeholders.
    pub fn params(&self) -> &[Value] {
        &self.0.params
    }
}

impl From<sql::Rows> for Rows {
    fn from(rows: sql::Rows) -> Self {
        Self { columns: rows.columns, values: rows.rows, affected: rows.affected }
    }
}

/// Runs several statements on one snapshot, by one host call.
pub fn query(statements: Vec<Statement>) -> Result<Vec<Rows>, SqlError> {
    let statements: Vec<_> = statements.into_iter().map(|statement| statement.0).collect();
    Ok(sql::query(&statements)?.into_iter().map(Rows::from).collect())
}

fn query_rows(statement: Statement) -> Result<Rows, SqlError> {
    let rows = query(vec![statement])?.pop();
    Ok(rows.ok_or(RowError::Count(0))?)
}

/// Every row of a statement.
pub fn query_all<T: FromRow>(statement: Statement) -> Result<Vec<T>, SqlError> {
    Ok(query_rows(statement)?.all()?)
}

/// The only row of a statement, or `None`; an error when there are more.
pub fn query_optional<T: FromRow>(statement: Statement) -> Result<Option<T>, SqlError> {
    Ok(query_rows(statement)?.optional()?)
}

/// The only row of a statement; an error unless there is exactly one.
pub fn query_one<T: FromRow>(statement: Statement) -> Result<T, SqlError> {
    Ok(query_rows(statement)?.one()?)
}

/// Whether the database answers.
pub fn probe() -> Result<(), SqlError> {
    query(vec![statement("SELECT 1", Vec::new())]).map(drop)
}

/// What an earlier transaction with the same key left.
pub(crate) fn recall(once: &OnceKey) -> Result<Option<Remembered>, SqlError> {
    let remembered = sql::recall(&once.scope, &once.key, &once.fingerprint)?;
    Ok(remembered.map(|sql::Remembered { rows, answer }| Remembered {
        rows: rows.into_iter().map(Rows::from).collect(),
        answer,
    }))
}
