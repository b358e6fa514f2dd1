//! Writing one document.

use std::time::Instant;

use lyceum_sql::{Database, Event, Once, SqliteDatabase, Statement, Transaction, Value};

use super::{id_and_version, statement, table, undeclared};
use crate::body::Body;
use crate::check::{Prepare, Prepared};
use crate::{Error, Outcome, Remembered, Statistics, Written};

/// What stands under an id.
struct Found {
    version: u64,
    /// `None` after a deletion.
    body: Option<Body>,
}

/// The change as one statement that changes one row or none.
struct Attempt {
    statement: Statement,
    body: Option<String>,
}

/// A patch is computed from what was read, and takes hold only if that is still there; then it is computed anew.
pub(super) async fn write(
    database: &SqliteDatabase,
    statistics: &Statistics,
    prepared: Prepared,
    deadline: Instant,
) -> Result<Outcome, Error> {
    loop {
        let attempt = match attempt(database, &prepared, deadline).await {
            Err(error @ (Error::NotFound | Error::Expectation(_))) => {
                return refused(database, &prepared, error, deadline).await;
            }
            attempt => attempt?,
        };
        let transaction = Transaction {
            statements: vec![attempt.statement],
            events: prepared.events.iter().map(Event::clone).collect(),
            once: prepared.once.as_ref().map(|once| once_in(&prepared.collection, once)),
            context: prepared.context.clone(),
        };
        match database.transact(transaction, deadline).await {
            Ok(lyceum_sql::Outcome::Committed(rows)) => {
                let (id, version) = id_and_version(&rows).ok_or(Error::OutcomeUnknown)?;
                return Ok(Outcome::Written(Written { id, version, body: attempt.body }));
            }
            Ok(lyceum_sql::Outcome::Duplicate(remembered)) => {
                return opened(remembered).map(Outcome::Duplicate);
            }
            Err(lyceum_sql::Error::Expectation(_)) => {
                let found = read(database, &prepared, deadline).await?;
                if let Err(error) = expect(&prepared, found.as_ref()) {
                    return refused(database, &prepared, error, deadline).await;
                }
                statistics.retries.add(1);
                if Instant::now() >= deadline {
                    return Err(Error::Conflict);
                }
            }
            Err(error) => return Err(undeclared(&prepared.collection, error)),
        }
    }
}

/// A write that can't be done now may have been done before.
async fn refused(
    database: &SqliteDatabase,
    prepared: &Prepared,
    error: Error,
    deadline: Instant,
) -> Result<Outcome, Error> {
    let Some(once) = &prepared.once else { return Err(error) };
    let collection = &prepared.collection;
    match recall(database, collection, &once.scope, &once.key, &once.fingerprint, deadline).await? {
        Some(remembered) => Ok(Outcome::Duplicate(remembered)),
        None => Err(error),
    }
}

async fn attempt(
    database: &SqliteDatabase,
    prepared: &Prepared,
    deadline: Instant,
) -> Result<Attempt, Error> {
    let table = table(&prepared.collection);
    let id = Value::Text(prepared.id.clone());
    let changed = |text: String, params: Vec<Value>, body: Option<String>| Attempt {
        statement: Statement { expect_rows: Some(1), ..statement(&text, params) },
        body,
    };
    match (&prepared.change, prepared.expected) {
        (Prepare::Put(body), None | Some(0)) => {
            let only_new = if prepared.expected.is_some() { "WHERE body IS NULL" } else { "" };
            let text = format!(
                "INSERT INTO {table} AS present (id, version, body) VALUES ($1, 1, $2)
                 ON CONFLICT (id) DO UPDATE SET version = present.version + 1, body = excluded.body {only_new}
                 RETURNING id, version"
            );
            Ok(changed(text, vec![id, Value::Text(body.to_string())], Some(body.to_string())))
        }
        (Prepare::Put(body) | Prepare::Rewrite(body), expected) => {
            let counted = i32::from(matches!(prepared.change, Prepare::Put(_)));
            let text = format!(
                "UPDATE {table} SET version = version + {counted}, body = $2
                 WHERE id = $1 AND version = $3 AND body IS NOT NULL RETURNING id, version"
            );
            let expected = version(expected.unwrap_or_default());
            let params = vec![id, Value::Text(body.to_string()), expected];
            Ok(changed(text, params, Some(body.to_string())))
        }
        (Prepare::Patch(patch), _) => {
            let found = read(database, prepared, deadline).await?;
            expect(prepared, found.as_ref())?;
            let Some(Found { version: current, body: Some(body) }) = found else {
                return Err(Error::NotFound);
            };
            let body = body.patched(patch)?.to_string();
            let text = format!(
                "UPDATE {table} SET version = version + 1, body = $2
                 WHERE id = $1 AND version = $3 AND body IS NOT NULL RETURNING id, version"
            );
            Ok(changed(text, vec![id, Value::Text(body.clone()), version(current)], Some(body)))
        }
        (Prepare::Delete, expected) => {
            let (only, mut params) = (expected.map_or("", |_| "AND version = $2"), vec![id]);
            params.extend(expected.map(version));
            let text = format!(
                "UPDATE {table} SET version = version + 1, body = NULL
                 WHERE id = $1 AND body IS NOT NULL {only} RETURNING id, version"
            );
            Ok(changed(text, params, None))
        }
    }
}

/// Whether the write may be done to what is there.
fn expect(prepared: &Prepared, found: Option<&Found>) -> Result<(), Error> {
    let present = found.filter(|found| found.body.is_some()).map(|found| found.version);
    crate::check::expect(prepared, present)
}

async fn read(
    database: &SqliteDatabase,
    prepared: &Prepared,
    deadline: Instant,
) -> Result<Option<Found>, Error> {
    let text = format!("SELECT version, body FROM {} WHERE id = $1", table(&prepared.collection));
    let read = statement(&text, vec![Value::Text(prepared.id.clone())]);
    let rows = database.query(vec![read], deadline).await;
    let rows = rows.map_err(|error| undeclared(&prepared.collection, error))?;
    let Some(row) = rows.into_iter().next().and_then(|rows| rows.rows.into_iter().next()) else {
        return Ok(None);
    };
    let (version, body) = match <[Value; 2]>::try_from(row) {
        Ok([Value::Integer(version), Value::Null]) => (version, None),
        Ok([Value::Integer(version), Value::Text(body)]) => (version, Some(Body::parse(&body)?)),
        _ => return Err(Error::Unavailable("a stored document can't be read".into())),
    };
    Ok(Some(Found { version: u64::try_from(version).unwrap_or_default(), body }))
}

pub(super) async fn recall(
    database: &SqliteDatabase,
    collection: &str,
    scope: &str,
    key: &str,
    fingerprint: &str,
    deadline: Instant,
) -> Result<Option<Remembered>, Error> {
    let remembered = database.recall(&scoped(collection, scope), key, fingerprint, deadline).await?;
    remembered.map(opened).transpose()
}

fn opened(remembered: lyceum_sql::Remembered) -> Result<Remembered, Error> {
    let (id, version) = id_and_version(&remembered.rows)
        .ok_or_else(|| Error::Unavailable("what was remembered can't be read".into()))?;
    Ok(Remembered { id, version, answer: remembered.answer })
}

/// A key belongs to its collection.
fn once_in(collection: &str, once: &Once) -> Once {
    Once { scope: scoped(collection, &once.scope), ..once.clone() }
}

fn scoped(collection: &str, scope: &str) -> String {
    format!("{collection} {scope}")
}

fn version(version: u64) -> Value {
    Value::Integer(i64::try_from(version).unwrap_or(i64::MAX))
}
