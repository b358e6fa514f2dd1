//! Authors, as far as their events have come.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};
use lyceum_kit::text;

const AUTHORS: ReadModel = ReadModel::of("authors_seen", &["author_id"], "authors_sequence");

/// An author who has a record.
#[derive(Clone, Debug)]
pub(crate) struct AuthorSeen {
    pub(crate) author_id: Uuid,
    /// As the older library's clients count them.
    pub(crate) number: i64,
    pub(crate) name: String,
}
from_row!(AuthorSeen { author_id, number, name });

/// An author of whom something was heard, who may have no record any more.
#[derive(Debug)]
struct Heard {
    author_id: Uuid,
    name: Option<String>,
}
from_row!(Heard { author_id, name });

/// An author has this name, or none any more: then nobody has the number.
pub(crate) fn seen(
    projection: &Projection<'_>,
    author_id: Uuid,
    number: i64,
    name: Option<&str>,
) -> Result<(), EventError> {
    let values = [
        ("number", number.into_value()),
        ("name", name.into_value()),
        ("name_folded", name.map(text::fold).into_value()),
    ];
    projection.upsert(&AUTHORS, params![author_id], &values).commit()
}

/// Those with these ids, by id.
pub(crate) fn with_ids(ids: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, AuthorSeen>, SqlError> {
    let found = listed("author_id", &ids.into_iter().map(IntoValue::into_value).collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|author| (author.author_id, author)).collect())
}

/// Those with these numbers, by number.
pub(crate) fn with_numbers(numbers: &[i64]) -> Result<BTreeMap<i64, AuthorSeen>, SqlError> {
    let numbers: BTreeSet<i64> = numbers.iter().copied().collect();
    let found = listed("number", &numbers.into_iter().map(IntoValue::into_value).collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|author| (author.number, author)).collect())
}

/// Which of these have a record, as far as anything was heard of them: those whose record was removed have none any more.
pub(crate) fn have_records(ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, bool>, SqlError> {
    let ids: Vec<Value> = ids.iter().map(IntoValue::into_value).collect();
    let mut found = BTreeMap::new();
    for ids in ids.chunks(500) {
        let places: Vec<_> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let text =
            format!("SELECT author_id, name FROM authors_seen WHERE author_id IN ({})", places.join(", "));
        let rows: Vec<Heard> = query_all(statement(text, ids.to_vec()))?;
        found.extend(rows.into_iter().map(|Heard { author_id, name }| (author_id, name.is_some())));
    }
    Ok(found)
}

/// In parts, since a statement has a limit of parameters.
fn listed(column: &str, values: &[Value]) -> Result<Vec<AuthorSeen>, SqlError> {
    let mut found = Vec::new();
    for values in values.chunks(500) {
        let places: Vec<_> = (1..=values.len()).map(|at| format!("${at}")).collect();
        let text = format!(
            "SELECT author_id, number, name FROM authors_seen WHERE {column} IN ({}) AND name IS NOT NULL",
            places.join(", ")
        );
        found.extend(query_all::<AuthorSeen>(statement(text, values.to_vec()))?);
    }
    Ok(found)
}
