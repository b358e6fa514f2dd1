//! Lyceum's documents capability: a service's own collections of JSON documents, with an outbox.
//!
//! A service writes one document, its events and the memory of an answered request in one call. What this crate
//! guarantees on every backend:
//! - a write happens wholly or not at all, and at most once per `once` key;
//! - a written event is published at least once, with its id, in order per document; `sequence` counts from 1 and
//!   goes on when a document is created again under the id of a deleted one, as its version does;
//! - a filter and an order mean the same, and a body is read as it was written, members sorted by name;
//! - every call ends by its deadline with an error that says whether the write may have happened.
//!
//! There is no transaction over several documents. What has to be consistent with each other belongs into one
//! document, or into the sql capability.
//!
//! **Filters** are described at [`Filter`]. **Orders**: by id, or by one field and then by id. Null and missing
//! fields come first, then numbers, texts, `false`, `true`; `descending` turns all of that round. An order by a
//! field leaves out documents in which it is an object or an array, or lies in an array. **Cursors** say where a
//! page ended, so a page never repeats or skips a document that nobody changed meanwhile.
//!
//! **`once`.** A key belongs to a collection and a scope. MongoDB remembers it in the document that it wrote, which
//! keeps its last 64 keys, with answers of 1 MiB together. Two *different* requests with the same key that write
//! two documents at the same moment may both happen there; the same request twice never does.
//!
//! Start with [`Documents`], what a service sees, and [`Backend`], what its host sees. [`SqliteDocuments`] is built
//! on the sql capability; [`MongodbDocuments`] keeps events and keys inside the document written, see there how.

#![forbid(unsafe_code)]

mod body;
mod check;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod filter;
mod model;
mod mongodb;
mod options;
mod path;
mod query;
mod scalar;
mod sqlite;
mod statistics;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::Publisher;
pub use lyceum_events::{Counter, RelayHandle, RelayStatistics};
pub use lyceum_sql::{Clock, Publishes};

pub use check::id_of_once;
pub use error::Error;
pub use filter::Filter;
pub use model::{
    Change, Collection, Context, Document, Event, Find, Index, Once, Outcome, Page, Remembered, Sort, Write,
    Written,
};
pub use mongodb::{EventsOfCopy, MongodbDocuments, events_of_copy};
pub use options::Options;
pub use sqlite::SqliteDocuments;
pub use statistics::Statistics;

/// One service's documents.
///
/// Every call ends by its deadline: with `timeout` or, where the write had begun, with `outcome-unknown`. A
/// collection that was not declared is `invalid`.
#[async_trait]
pub trait Documents: Send + Sync + 'static {
    /// The documents with these ids, at most 200, in the order asked for; `None` where there is none.
    async fn get(
        &self,
        collection: &str,
        ids: Vec<String>,
        deadline: Instant,
    ) -> Result<Vec<Option<Document>>, Error>;

    /// A page of the documents that a filter holds for.
    async fn find(&self, find: Find, deadline: Instant) -> Result<Page, Error>;

    /// Changes one document, or nothing.
    async fn write(&self, write: Write, deadline: Instant) -> Result<Outcome, Error>;

    /// What was answered for this key, if it was used.
    async fn recall(
        &self,
        collection: &str,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error>;
}

/// [`Documents`] as their host sees them.
#[async_trait]
pub trait Backend: Documents {
    /// Makes what is missing of the declared collections and indexes, and says what, such as
    /// `comments` or `comments.by_author`.
    ///
    /// Safe while other hosts do the same. What is no longer declared stays, since older code may need it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong declaration, or an index that was declared before with other fields.
    async fn migrate(&self, collections: &[Collection]) -> Result<Vec<String>, Error>;

    /// What [`Backend::migrate`] would make; changes nothing.
    ///
    /// A host refuses to serve a component while there is any.
    async fn pending(&self, collections: &[Collection]) -> Result<Vec<String>, Error>;

    /// Starts to publish these documents' events.
    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle;

    /// What happened since they were opened.
    fn statistics(&self) -> &Statistics;
}
