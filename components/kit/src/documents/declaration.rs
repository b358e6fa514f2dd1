//! Which collections a service has.

use serde::{Serialize, de::DeserializeOwned};

use crate::host::documents as host;

use super::{Collection, DocumentsError, migration::SCHEMA_VERSION};
use crate::{answer::Remembered, once::OnceKey, problem::Problem};

/// A collection with its indexes, as [`crate::service!`] declares it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Declaration {
    /// Lower-case letters, digits and `_`; at most 48.
    pub name: &'static str,
    /// Each index's name and its fields, as dotted paths.
    pub indexes: Vec<(&'static str, &'static [&'static str])>,
}

impl Declaration {
    /// A collection without indexes of its own. One that has migrations has that of its bodies' schema versions.
    pub fn new<T: Serialize + DeserializeOwned>(collection: &Collection<T>) -> Self {
        let declaration = Self { name: collection.name(), indexes: Vec::new() };
        if collection.schema().version() == 0 {
            return declaration;
        }
        declaration.index("schema_version", &[SCHEMA_VERSION])
    }

    /// Adds an index: it serves filters on its first fields and an order by its first field. Its meaning never
    /// changes; another one gets another name.
    #[must_use]
    pub fn index(mut self, name: &'static str, fields: &'static [&'static str]) -> Self {
        self.indexes.push((name, fields));
        self
    }
}

/// Finds what is remembered for a key.
type Recall = fn(&'static str, &OnceKey) -> Result<Option<Remembered>, DocumentsError>;

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

    /// What an earlier write with the same key left in this collection, or in any.
    pub(crate) fn recall(
        &self,
        once: &OnceKey,
        collection: Option<&'static str>,
    ) -> Result<Option<Remembered>, Problem> {
        let asked: Vec<_> = match collection {
            Some(name) => vec![name],
            None => (self.collections)().iter().map(|collection| collection.name).collect(),
        };
        for name in asked {
            if let Some(remembered) = (self.recall)(name, once)? {
                return Ok(Some(remembered));
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

fn recall(collection: &'static str, once: &OnceKey) -> Result<Option<Remembered>, DocumentsError> {
    let remembered = host::recall(collection, &once.scope, &once.key, &once.fingerprint)?;
    Ok(remembered.map(|remembered| Remembered { rows: Vec::new(), answer: remembered.answer }))
}

fn probe(collection: &'static str) -> Result<(), DocumentsError> {
    Ok(host::get(collection, &[]).map(drop)?)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use serde_json::Value;

    thread_local! {
        static ASKED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    #[test]
    fn only_the_collection_that_the_route_names_is_asked_for_an_answer() {
        let mut documents = Documents::new(|| {
            let all = ["notes", "heard", "others"].into_iter();
            all.map(|name| Declaration::new(&Collection::<Value>::new(name))).collect()
        });
        documents.recall = |collection, _| {
            ASKED.with_borrow_mut(|asked| asked.push(collection));
            Ok(None)
        };
        let once =
            OnceKey { scope: String::new(), key: "k".into(), fingerprint: String::new(), keep_seconds: 1 };
        for (named, expected) in [(Some("heard"), vec!["heard"]), (None, vec!["notes", "heard", "others"])] {
            assert!(documents.recall(&once, named).unwrap().is_none());
            assert_eq!(ASKED.take(), expected);
        }
    }
}
