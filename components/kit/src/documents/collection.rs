//! A collection of one kind of document.

use std::marker::PhantomData;

use crate::host::documents as host;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    BodyMigration, DocumentsError, Filter, Find, Write,
    migration::{Schema, are_numbered},
    write::Change,
};
use crate::{entity_tag::EntityTag, ids, once::Cause};

/// The host's namespace of the ids that come from keys.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1b_2a54_93c7_5d0e_8a41_c2d7_5e90_b318);

/// One of the service's collections; each body is a `T`.
#[derive(Debug)]
pub struct Collection<T> {
    name: &'static str,
    schema: Schema,
    body: PhantomData<fn() -> T>,
}

/// A document as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stored<T> {
    /// Its id.
    pub id: String,
    /// Counts its writes from 1.
    pub version: u64,
    /// What it holds.
    pub body: T,
}

impl<T> Stored<T> {
    /// The version as an `ETag`.
    pub fn tag(&self) -> EntityTag {
        EntityTag::of_version(i64::try_from(self.version).unwrap_or(i64::MAX))
    }
}

impl<T: Serialize + DeserializeOwned> Collection<T> {
    /// The collection that is declared under this name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, schema: Schema(&[]), body: PhantomData }
    }

    /// How bodies that were written before became those of today, oldest first. The list only ever grows.
    ///
    /// ```
    /// # use lyceum_kit::documents::{BodyMigration, Collection};
    /// # use serde::{Deserialize, Serialize};
    /// /// A note as it was before `0001-author`.
    /// #[derive(Deserialize)]
    /// struct NoteBy {
    ///     by: String,
    /// }
    ///
    /// #[derive(Deserialize, Serialize)]
    /// struct Note {
    ///     author: String,
    /// }
    ///
    /// impl From<NoteBy> for Note {
    ///     fn from(old: NoteBy) -> Self {
    ///         Self { author: old.by }
    ///     }
    /// }
    ///
    /// static NOTES: Collection<Note> = Collection::new("notes")
    ///     .migrated(&[BodyMigration::new::<NoteBy, Note>("0001-author", &["by", "author"])]);
    /// ```
    ///
    /// A body is read as it is today at once; the service has a periodic job that
    /// [rewrites](Self::rewrite_outdated) what is older.
    ///
    /// # Panics
    /// When the service is compiled, unless the migrations are numbered from `0001-` on, in order.
    #[must_use]
    pub const fn migrated(self, migrations: &'static [BodyMigration]) -> Self {
        assert!(are_numbered(migrations), "migrations are numbered 0001-.., 0002-.., in order");
        Self { name: self.name, schema: Schema(migrations), body: PhantomData }
    }

    pub(super) const fn schema(&self) -> Schema {
        self.schema
    }

    /// Its name; also the aggregate type of its events.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// An id for a document that this request or event creates. The same request again gets the same id, so that
    /// repeating it finds what it made.
    pub fn new_id(&self, by: &impl Cause) -> String {
        let Some(once) = by.peek() else { return ids::new().to_string() };
        let name = format!("{}\0{}\0{}", self.name, once.scope, once.key);
        Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
    }

    /// A document, if it exists.
    pub fn get(&self, id: &str) -> Result<Option<Stored<T>>, DocumentsError> {
        Ok(self.get_all(&[id])?.into_iter().next().flatten())
    }

    /// Several documents by one host call, in this order; at most 200.
    pub fn get_all(&self, ids: &[&str]) -> Result<Vec<Option<Stored<T>>>, DocumentsError> {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let found = host::get(self.name, &ids)?;
        found
            .into_iter()
            .map(|document| document.map(|found| stored(self.schema, found)).transpose())
            .collect()
    }

    /// The documents that a filter holds for.
    pub fn find(&self, filter: &Filter) -> Find<T> {
        Find::new(self.name, self.schema, filter)
    }

    /// Makes this the whole document, which may be new. Like every write it is the one of its request or event; further
    /// ones are a `step`.
    pub fn put<C: Cause>(&self, by: &C, id: &str, body: &T) -> Write<C::Ending> {
        Write::new(by, self.name, self.schema, id, self.schema.write(body).map(Change::Put))
    }

    /// Merges a JSON object into the document by RFC 7396: what is given replaces, null removes. A body of an older form
    /// is brought up to date first.
    pub fn patch<C: Cause>(&self, by: &C, id: &str, patch: &impl Serialize) -> Write<C::Ending> {
        Write::new(by, self.name, self.schema, id, Schema(&[]).write(patch).map(Change::Patch))
    }

    /// Deletes the document.
    pub fn delete<C: Cause>(&self, by: &C, id: &str) -> Write<C::Ending> {
        Write::new(by, self.name, self.schema, id, Ok(Change::Delete))
    }
}

pub(super) fn stored<T: DeserializeOwned>(
    schema: Schema,
    document: host::Document,
) -> Result<Stored<T>, DocumentsError> {
    let host::Document { id, version, body } = document;
    match serde_json::from_value(schema.read(&id, &body)?) {
        Ok(body) => Ok(Stored { id, version, body }),
        Err(error) => Err(DocumentsError::Body { id, reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        context::Context,
        once::{Memory, OnceKey, Token},
    };

    #[test]
    fn the_same_key_gives_the_same_id() {
        let notes: Collection<serde_json::Value> = Collection::new("things");
        let key = OnceKey {
            scope: "u1 POST /things".into(),
            key: "k1".into(),
            fingerprint: String::new(),
            keep_seconds: 0,
        };
        let context = Context::default().with_token(Token::new(Some(key), Memory::default()));
        assert_eq!(notes.new_id(&context), notes.new_id(&context));
        // What the host computes for a document without an id.
        assert_eq!(notes.new_id(&context), "6bf1dfca-6348-5dcc-9f07-2111c27ade36");
        assert_ne!(notes.new_id(&context), notes.new_id(&context.step("another")));
        let other: Collection<serde_json::Value> = Collection::new("others");
        assert_ne!(notes.new_id(&context), other.new_id(&context));
        assert_ne!(notes.new_id(&Context::default()), notes.new_id(&Context::default()));
    }
}
