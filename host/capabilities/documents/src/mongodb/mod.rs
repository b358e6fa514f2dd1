//! The MongoDB backend: a database a service, in it a collection for each that is declared.
//!
//! It needs no transactions over several documents. A document holds, beside its body, its own outbox, its own
//! remembered keys and the number of its last event, under `_lyceum`, which reads never show; one conditional
//! replacement changes all of it together. The relay finds documents with a non-empty outbox by an index, publishes
//! in order, then takes the events out by a conditional update. A deleted document leaves its id, version and
//! sequence, so that a document created again under its id goes on with both, and its keys until they expire.
//!
//! Writes are acknowledged by a majority and its journals, and everything is read as a majority has it, so that
//! nothing is published that a change of the primary could take back. The URL may ask for less.

mod ask;
mod backup;
mod convert;
mod filter;
mod lease;
mod outbox;
mod schema;
mod stored;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::TryStreamExt as _;
use lyceum_events::{Publisher, RelayHandle};
use mongodb::bson::{Document as Bson, doc};
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, Database};
use tokio::sync::Notify;

use crate::check::{Prepared, collection_name, document_ids};
use crate::query::{PAGE_BYTES, Query};
use crate::{
    Backend, Clock, Collection, Document, Documents, Error, Find, Options, Outcome, Page, Publishes,
    Remembered, Statistics, Write,
};
use ask::insist;
pub use backup::{EventsOfCopy, events_of_copy};
use outbox::MongodbOutbox;
use stored::Stored;

/// How long a call waits for a server before it is told that there is none.
const SELECTION: Duration = Duration::from_secs(2);
/// How long a server may take to accept a connection.
const CONNECTING: Duration = Duration::from_secs(2);
/// How often a server is looked after.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How many bytes of documents one `get` returns.
const GET_BYTES: usize = 8 * 1024 * 1024;

/// A service's documents on a server that speaks MongoDB's protocol.
pub struct MongodbDocuments {
    shared: Arc<Shared>,
    /// Collections that are known to be declared.
    declared: RwLock<BTreeSet<String>>,
}

/// What calls and the relay share.
struct Shared {
    database: Database,
    service: String,
    clock: Clock,
    publishes: Publishes,
    statistics: Statistics,
    /// Told after a write with events.
    committed: Notify,
}

impl Shared {
    fn collection(&self, name: &str) -> mongodb::Collection<Bson> {
        self.database.collection(name)
    }
}

impl MongodbDocuments {
    /// Prepares to use the database that the URL names, or else `lyceum_SERVICE`. The server is first asked by the
    /// first call, and so may be away for now.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the URL is not understood; [`Error::Unavailable`] if the name of a `mongodb+srv` URL
    /// can't be looked up. Neither shows the URL.
    pub async fn connect(url: &str, service: &str, options: Options) -> Result<Arc<Self>, Error> {
        let Options { clock, publishes } = options;
        // The driver's own words may repeat the URL, password and all.
        let mut options = match ClientOptions::parse(url).await {
            Ok(options) => options,
            Err(_) if url.starts_with("mongodb+srv://") => {
                return Err(Error::Unavailable(
                    "the URL is not right, or its name can't be looked up".into(),
                ));
            }
            Err(_) => return Err(Error::Invalid("this is not a URL of MongoDB".into())),
        };
        options.app_name.get_or_insert_with(|| format!("lyceum {service}"));
        options.server_selection_timeout.get_or_insert(SELECTION);
        options.connect_timeout.get_or_insert(CONNECTING);
        options.heartbeat_freq.get_or_insert(HEARTBEAT);
        options.read_concern.get_or_insert_with(ReadConcern::majority);
        options
            .write_concern
            .get_or_insert_with(|| WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
        // This crate repeats both itself, and knows when it must not.
        options.retry_writes = Some(false);
        options.retry_reads = Some(false);
        let name = options.default_database.clone().unwrap_or_else(|| format!("lyceum_{service}"));
        let client = Client::with_options(options)
            .map_err(|_| Error::Invalid("the URL asks for something that can't be had".into()))?;
        let shared = Shared {
            database: client.database(&name),
            service: service.to_owned(),
            clock,
            publishes,
            statistics: Statistics::default(),
            committed: Notify::new(),
        };
        Ok(Arc::new(Self { shared: Arc::new(shared), declared: RwLock::default() }))
    }

    /// Refuses a collection that was not declared: MongoDB would make it.
    async fn declared(&self, collection: &str, deadline: Instant) -> Result<(), Error> {
        collection_name(collection)?;
        if self.declared.read().unwrap_or_else(PoisonError::into_inner).contains(collection) {
            return Ok(());
        }
        let names = schema::names(&self.shared, deadline).await?;
        let mut declared = self.declared.write().unwrap_or_else(PoisonError::into_inner);
        declared.extend(names);
        if declared.contains(collection) {
            return Ok(());
        }
        Err(Error::Invalid(format!("there is no collection {collection}")))
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for MongodbDocuments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MongodbDocuments")
            .field("service", &self.shared.service)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Documents for MongodbDocuments {
    async fn get(
        &self,
        collection: &str,
        ids: Vec<String>,
        deadline: Instant,
    ) -> Result<Vec<Option<Document>>, Error> {
        document_ids(&ids)?;
        self.declared(collection, deadline).await?;
        let documents = self.shared.collection(collection);
        let read = || async {
            let wanted = doc! { "_id": { "$in": &ids }, "body": { "$exists": true } };
            documents
                .find(wanted)
                .projection(doc! { "version": 1, "body": 1 })
                .await?
                .try_collect::<Vec<_>>()
                .await
        };
        let found = insist(deadline, read).await?;
        let found = found.iter().map(document).collect::<Result<Vec<_>, _>>()?;
        if found.iter().map(|document| document.id.len() + document.body.len()).sum::<usize>() > GET_BYTES {
            return Err(Error::TooLarge(format!("documents of more than {GET_BYTES} bytes")));
        }
        Ok(ids.iter().map(|id| found.iter().find(|document| document.id == *id).cloned()).collect())
    }

    async fn find(&self, find: Find, deadline: Instant) -> Result<Page, Error> {
        let query = Query::check(&find)?;
        self.declared(&query.collection, deadline).await?;
        let documents = self.shared.collection(&query.collection);
        let asked = query.limit + 1;
        let read = || async {
            let mut cursor = documents
                .find(filter::wanted(&query))
                .sort(filter::sort(&query.order))
                .projection(doc! { "version": 1, "body": 1 })
                .limit(i64::try_from(asked).unwrap_or(i64::MAX))
                .await?;
            let (mut found, mut bytes) = (Vec::new(), 0);
            while let Some(next) = cursor.try_next().await? {
                let next = document(&next);
                bytes += next.as_ref().map_or(0, |document| document.body.len());
                found.push(next);
                if bytes > PAGE_BYTES && found.len() > 1 {
                    break;
                }
            }
            Ok(found)
        };
        let found = insist(deadline, read).await?.into_iter().collect::<Result<Vec<_>, _>>()?;
        query.page(found, asked)
    }

    async fn write(&self, write: Write, deadline: Instant) -> Result<Outcome, Error> {
        let prepared = Prepared::check(write, &self.shared.publishes)?;
        self.declared(&prepared.collection, deadline).await?;
        let outcome = write::write(&self.shared, &prepared, deadline).await?;
        match &outcome {
            Outcome::Written(_) => self.shared.statistics.writes.add(1),
            Outcome::Duplicate(_) => self.shared.statistics.duplicates.add(1),
        }
        Ok(outcome)
    }

    async fn recall(
        &self,
        collection: &str,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error> {
        self.declared(collection, deadline).await?;
        let digest = write::digest(scope, key);
        let documents = self.shared.collection(collection);
        let read = || async {
            let wanted = doc! { "_lyceum.once.key": &digest };
            documents.find(wanted).projection(doc! { "_lyceum.once": 1 }).await?.try_collect::<Vec<_>>().await
        };
        let found = insist(deadline, read).await?;
        let found = found.iter().map(Stored::read).collect::<Result<Vec<_>, _>>()?;
        let now = self.shared.clock.micros();
        found.iter().find_map(|found| write::remembered(found, &digest, fingerprint, now)).transpose()
    }
}

#[async_trait]
impl Backend for MongodbDocuments {
    async fn migrate(&self, collections: &[Collection]) -> Result<Vec<String>, Error> {
        schema::migrate(&self.shared, collections).await
    }

    async fn pending(&self, collections: &[Collection]) -> Result<Vec<String>, Error> {
        schema::pending(&self.shared, collections).await
    }

    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle {
        RelayHandle::spawn(MongodbOutbox::new(Arc::clone(&self.shared)), publisher)
    }

    fn statistics(&self) -> &Statistics {
        &self.shared.statistics
    }
}

fn document(found: &Bson) -> Result<Document, Error> {
    let Stored { id, version, body, .. } = Stored::read(found)?;
    let body = body.ok_or_else(|| Error::Unavailable("a stored document has no body".into()))?;
    Ok(Document { id, version: write::unsigned(version), body: body.to_string() })
}
