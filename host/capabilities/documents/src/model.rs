//! The plain values of `lyceum:data/documents`, free of any engine's types.

use bytes::Bytes;
pub use lyceum_sql::{Context, Event, Once};

/// A document as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Unique in its collection.
    pub id: String,
    /// Counts the writes from 1; a deletion and a new creation under the same id count too. Rewriting doesn't.
    pub version: u64,
    /// A JSON object, its members sorted by name.
    pub body: String,
}

/// What is to become of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This JSON object is the whole body from now on; makes the document if it is missing.
    Put(String),
    /// This JSON object is merged into the body by RFC 7396.
    Patch(String),
    /// This JSON object says the same in another form: it takes the body's place, and the version stays. Needs an
    /// expected version, and comes without events and without `once`.
    Rewrite(String),
    /// The document ends.
    Delete,
}

/// A change of one document with its events: written together or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// A declared collection.
    pub collection: String,
    /// Which document. For a put it may be left out: then it is the UUIDv5 of the `once` key, see
    /// [`id_of_once`](crate::id_of_once), or a new UUIDv7.
    pub id: Option<String>,
    /// The version that the change is for; 0 if the document must not exist. `None` takes any.
    pub expected_version: Option<u64>,
    /// What to do.
    pub change: Change,
    /// Written to the outbox. Their aggregate is the document: type the collection, id the document's.
    /// Both may be left empty.
    pub events: Vec<Event>,
    /// At most once, if given.
    pub once: Option<Once>,
    /// Written into the events.
    pub context: Context,
}

impl Write {
    /// A write without events, `once` or an expectation.
    pub fn new(collection: impl Into<String>, id: impl Into<String>, change: Change) -> Self {
        Self {
            collection: collection.into(),
            id: Some(id.into()),
            expected_version: None,
            change,
            events: Vec::new(),
            once: None,
            context: Context::default(),
        }
    }
}

/// A document as a write left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: String,
    /// Its version from now on.
    pub version: u64,
    /// Its body; `None` if it was deleted.
    pub body: Option<String>,
}

/// What an earlier write with the same `once` key gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The document that it wrote.
    pub id: String,
    /// The version that it gave it.
    pub version: u64,
    /// The answer given with the key.
    pub answer: Bytes,
}

/// How a write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done now.
    Written(Written),
    /// Done before; nothing was done now.
    Duplicate(Remembered),
}

/// Which documents are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// A declared collection.
    pub collection: String,
    /// A filter in the language of [`Filter`](crate::Filter), as JSON text; `{}` for all.
    pub filter: String,
    /// In which order; by id if `None`.
    pub sort: Option<Sort>,
    /// How many at most, 1 to 200; 50 if `None`.
    pub limit: Option<u32>,
    /// Where an earlier page ended: its `next`. The rest of the request must be the same.
    pub cursor: Option<String>,
}

/// An order of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// A dotted path. Documents with the same value there are ordered by id.
    pub field: String,
    /// From the largest to the smallest, ids included.
    pub descending: bool,
}

/// Some of the documents that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for. May be fewer than the limit although more follow, when they are large.
    pub documents: Vec<Document>,
    /// Where the next page begins, if there is more.
    pub next: Option<String>,
}

/// A collection, as a component declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// Lower-case letters, digits and `_`, beginning with a letter; at most 48.
    pub name: String,
    /// What makes finding fast.
    pub indexes: Vec<Index>,
}

/// An index, as a component declares it. It serves filters on its first fields and an order by its first field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Unique in its collection; made like a collection's name. What it means never changes.
    pub name: String,
    /// Dotted paths, at least one.
    pub fields: Vec<String>,
}
