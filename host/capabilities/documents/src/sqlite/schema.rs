//! The tables and indexes of declared collections.

use std::collections::BTreeSet;
use std::time::Duration;
use std::time::Instant;

use lyceum_sql::{Database, Statement, Transaction, Value};

use super::filter::{kind, value};
use super::{statement, table};
use crate::check::collections;
use crate::path::Path;
use crate::{Collection, Error, Index};

const TIMEOUT: Duration = Duration::from_mins(5);
/// Every declared collection and index, with the fields of an index.
const REGISTER: &str = "CREATE TABLE IF NOT EXISTS declared (
    collection TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (collection, name)
) WITHOUT ROWID";

struct Step {
    name: String,
    statements: Vec<Statement>,
}

pub(super) async fn migrate(database: &dyn Database, declared: &[Collection]) -> Result<Vec<String>, Error> {
    let steps = plan(database, declared).await?;
    let mut made = Vec::new();
    for step in steps {
        // Another host may have made it meanwhile: everything here says IF NOT EXISTS.
        let transaction = Transaction { statements: step.statements, ..Transaction::default() };
        database.transact(transaction, Instant::now() + TIMEOUT).await?;
        made.push(step.name);
    }
    Ok(made)
}

pub(super) async fn pending(database: &dyn Database, declared: &[Collection]) -> Result<Vec<String>, Error> {
    Ok(plan(database, declared).await?.into_iter().map(|step| step.name).collect())
}

async fn plan(database: &dyn Database, declared: &[Collection]) -> Result<Vec<Step>, Error> {
    collections(declared)?;
    let made = register(database).await?;
    let find = |collection: &str, name: &str| {
        made.iter()
            .find(|(found, index, _)| found == collection && index == name)
            .map(|(_, _, fields)| fields)
    };
    let mut steps = Vec::new();
    for collection in declared {
        if find(&collection.name, "").is_none() {
            steps.push(collection_step(&collection.name));
        }
        for index in &collection.indexes {
            match find(&collection.name, &index.name) {
                None => steps.push(index_step(&collection.name, index)?),
                Some(fields) if *fields != index.fields.join(" ") => {
                    return Err(Error::Invalid(format!(
                        "the index {}.{} was declared before with other fields; give the new one a new name",
                        collection.name, index.name
                    )));
                }
                Some(_) => {}
            }
        }
    }
    Ok(steps)
}

async fn register(database: &dyn Database) -> Result<BTreeSet<(String, String, String)>, Error> {
    let exists = "SELECT name FROM sqlite_master WHERE name = 'declared'";
    let read = "SELECT collection, name, fields FROM declared";
    let deadline = Instant::now() + TIMEOUT;
    let found = database.query(vec![statement(exists, vec![])], deadline).await?;
    if found.first().is_none_or(|rows| rows.rows.is_empty()) {
        return Ok(BTreeSet::new());
    }
    let rows = database.query(vec![statement(read, vec![])], deadline).await?;
    let rows = rows.into_iter().flat_map(|rows| rows.rows);
    Ok(rows
        .filter_map(|row| match <[Value; 3]>::try_from(row) {
            Ok([Value::Text(collection), Value::Text(name), Value::Text(fields)]) => {
                Some((collection, name, fields))
            }
            _ => None,
        })
        .collect())
}

fn collection_step(collection: &str) -> Step {
    let text = format!(
        "CREATE TABLE IF NOT EXISTS {} (id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT)",
        table(collection)
    );
    Step {
        name: collection.to_owned(),
        statements: vec![plain(REGISTER), plain(&text), note(collection, "", "")],
    }
}

/// For each field what it is and its value, as filters and orders ask for them. Not only of the rows with a body: SQLite
/// does not use such a partial index for a condition with `OR`.
fn index_step(collection: &str, index: &Index) -> Result<Step, Error> {
    let mut columns = Vec::new();
    for field in &index.fields {
        let path = Path::parse(field)?;
        columns.extend([kind(&path), value(&path)]);
    }
    let text = format!(
        "CREATE INDEX IF NOT EXISTS \"index_{collection}.{}\" ON {} ({}, id)",
        index.name,
        table(collection),
        columns.join(", ")
    );
    Ok(Step {
        name: format!("{collection}.{}", index.name),
        statements: vec![
            plain(REGISTER),
            plain(&text),
            note(collection, &index.name, &index.fields.join(" ")),
        ],
    })
}

fn plain(text: &str) -> Statement {
    statement(text, vec![])
}

fn note(collection: &str, name: &str, fields: &str) -> Statement {
    let params = [collection, name, fields].map(|text| Value::Text(text.to_owned())).to_vec();
    statement(
        "INSERT INTO declared (collection, name, fields) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        params,
    )
}
