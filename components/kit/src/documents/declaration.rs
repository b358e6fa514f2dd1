//! Which collections a service has.

use crate::host::documents as host;

use super::DocumentsError;
use crate::{context::OnceKey, problem::Problem};

/// A collection with its indexes, as [`crate::service!`] declares it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Declaration {
    /// Lower-case letters, digits and `_`; at most 48.
    pub name: &'static str,
    /// Each index's name and its fields, as dotted paths.
    pub indexes: Vec<(&'static str, &'static [&'static str])>,
}

impl Declaration {
    /// A collection without indexes.
    pub const fn new(name: &'static str) -> Self {
        Self { name, indexes: Vec::new() }
    }

    /// Adds an index: it serves filters on its first fields and an order by its first field. Its meaning never
    /// changes; another one gets another name.
    #[must_use]
    pub fn index(mut self, name: &'static str, fields: &'static [&'static str]) -> Self {
        self.indexes.push((name, fields));
        self
    }
}

/// Finds what was answered for a key.
type Recall = fn(&'static str, &OnceKey) -> Result<Option<Vec<u8>>, DocumentsError>;

/// What a service with documents needs. Behind functions, so that a component without any doesn't import
/// `lyceum:data/documents`.
#[derive(Debug)]
pub struct Documents {
    collections: fn() -> Vec<Declaration>,
    recall: Recall,
    probe: fn(&'static str) -> Result<(), DocumentsError>,
}

impl Documents {
    /// Called by [`crate::service!`].
    #[doc(hidden)]
    pub const fn new(collections: fn() -> Vec<Declaration>) -> Self {
        Self { collections, recall, probe }
    }

    /// The collections.
    pub(crate) fn collections(&self) -> Vec<Declaration> {
        (self.collections)()
    }

    /// What an earlier write with the same key answered, in any of the collections.
    pub(crate) fn recall(&self, once: &OnceKey) -> Result<Option<Vec<u8>>, Problem> {
        for collection in (self.collections)() {
            if let Some(answer) = (self.recall)(collection.name, once)? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// Whether the store answers.
    pub(crate) fn probe(&self) -> Result<(), Problem> {
        let first = (self.collections)().first().map(|collection| collection.name);
        Ok(first.map_or(Ok(()), self.probe)?)
    }
}

fn recall(collection: &'static str, once: &OnceKey) -> Result<Option<Vec<u8>>, DocumentsError> {
    let remembered = host::recall(collection, &once.scope, &once.key, &once.fingerprint)?;
    Ok(remembered.map(|remembered| remembered.answer))
}

fn probe(collection: &'static str) -> Result<(), DocumentsError> {
    Ok(host::get(collection, &[]).map(drop)?)
}
