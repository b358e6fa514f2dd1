//! Which records were taken over before, whether they are there still or not.

use std::collections::BTreeSet;

use super::places;
use crate::{
    clock,
    sql::{IntoValue, SqlError, Statement, query_all, statement},
};

/// Those of these that were taken over before. At most a slice of them.
pub(super) fn known(records: &[&str]) -> Result<BTreeSet<String>, SqlError> {
    if records.is_empty() {
        return Ok(BTreeSet::new());
    }
    let text = format!("SELECT record FROM taken_over WHERE record IN ({})", places(records.len()));
    let found: Vec<(String,)> =
        query_all(statement(text, records.iter().copied().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|(record,)| record).collect())
}

/// This one is taken over.
pub(super) fn note(record: &str) -> Statement {
    let text =
        "INSERT INTO taken_over (record, taken_over_at) VALUES ($1, $2) ON CONFLICT (record) DO NOTHING";
    statement(text, vec![record.into_value(), clock::now().into_value()])
}
