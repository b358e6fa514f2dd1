//! Rewriting the bodies of older forms, in the background.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Collection, DocumentsError,
    migration::{SCHEMA_VERSION, Schema},
};
use crate::{
    clock,
    event::EventError,
    host::documents as host,
    log,
    once::{Cause as _, WithoutOnce},
};

/// Documents that are read at once.
const BATCH: u32 = 100;
/// At one go no more batches are begun than these, and none after that time; the rest is left to the next go.
const BATCHES: usize = 200;
const GO: Duration = Duration::from_secs(4);

/// How many bodies were rewritten at one go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rewritten {
    /// They are of today's form now.
    pub done: usize,
    /// Each is in the log, stays as it is, and comes again with the next go.
    pub failed: usize,
}

impl<T: Serialize + DeserializeOwned> Collection<T> {
    /// Rewrites bodies that did not go through all migrations, some thousands at one go: the work of a
    /// [periodic](crate::periodic) job of each minute.
    ///
    /// A document keeps its version, and so its `ETag`, and publishes nothing. It may be run by several hosts at once, be
    /// killed, and be run again: each document is rewritten by itself, unless it was changed since it was read. A body
    /// that can't be migrated holds no other up. Fails when the store is not available.
    pub fn rewrite_outdated(&self, by: &WithoutOnce) -> Result<Rewritten, EventError> {
        let (schema, began) = (self.schema(), clock::now());
        let (mut rewritten, mut cursor) = (Rewritten::default(), None);
        for _ in 0..BATCHES {
            if clock::now().since(began) >= GO {
                break;
            }
            let (documents, next) = outdated(self.name(), schema, BATCH, cursor)?;
            for document in documents {
                let id = document.id.clone();
                match rewrite(self.name(), schema, document, by) {
                    Ok(()) => rewritten.done += 1,
                    // Its new body is of today's form already, or it is gone.
                    Err(DocumentsError::Expectation(_) | DocumentsError::NotFound) => {}
                    Err(error) if is_of_the_body(&error) => {
                        rewritten.failed += 1;
                        log::error(format!("{} {id} can't be rewritten: {error}", self.name()));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        let Rewritten { done, failed } = rewritten;
        if done + failed > 0 {
            let (name, version) = (self.name(), schema.version());
            log::info(format!(
                "{name}: {done} bodies have schema version {version} now, {failed} can't have"
            ));
        }
        Ok(rewritten)
    }

    /// Whether every body went through all migrations. A [`find`](Self::find) by a field that one of them changes asks so
    /// itself.
    pub fn is_caught_up(&self) -> Result<bool, DocumentsError> {
        is_caught_up(self.name(), self.schema())
    }
}

pub(super) fn is_caught_up(collection: &str, schema: Schema) -> Result<bool, DocumentsError> {
    Ok(schema.version() == 0 || outdated(collection, schema, 1, None)?.0.is_empty())
}

/// Some of the documents with an older body, and where others may follow.
fn outdated(
    collection: &str,
    schema: Schema,
    limit: u32,
    cursor: Option<String>,
) -> Result<(Vec<host::Document>, Option<String>), DocumentsError> {
    // Those without a schema version come first, then the lowest.
    let query = host::Query {
        collection: collection.to_owned(),
        filter: "{}".to_owned(),
        sort: Some(host::Sort { field: SCHEMA_VERSION.to_owned(), descending: false }),
        limit: Some(limit),
        cursor,
    };
    let host::Page { documents, next } = host::find(&query)?;
    let count = documents.len();
    let is_outdated = |found: &host::Document| schema.is_outdated(&found.id, &found.body).unwrap_or(false);
    let outdated: Vec<_> = documents.into_iter().take_while(is_outdated).collect();
    let next = if outdated.len() < count { None } else { next };
    Ok((outdated, next))
}

fn rewrite(
    collection: &str,
    schema: Schema,
    document: host::Document,
    by: &WithoutOnce,
) -> Result<(), DocumentsError> {
    let host::Document { id, version, body } = document;
    let body = schema.read(&id, &body)?;
    let body = schema.write(&body).map_err(|reason| DocumentsError::Body { id: id.clone(), reason })?;
    host::write(&host::Modification {
        collection: collection.to_owned(),
        id: Some(id),
        expected_version: Some(version),
        change: host::Change::Rewrite(body),
        events: Vec::new(),
        once: None,
        context: by.writing().context(),
    })?;
    Ok(())
}

fn is_of_the_body(error: &DocumentsError) -> bool {
    use DocumentsError::{Body, Invalid, TooLarge};
    matches!(error, Body { .. } | Invalid(_) | TooLarge(_))
}

#[cfg(test)]
mod tests;
