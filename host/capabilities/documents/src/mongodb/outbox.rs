//! The outbox as the relay sees it: documents in which events wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use lyceum_events::{Event, Outbox, OutboxError};
use mongodb::bson::{Document, doc};

use super::Shared;
use super::ask::{Failure, ask, insist, pause};
use super::lease::Lease;
use super::schema;
use super::stored::{Stored, Waiting, outbox};
use super::write::unsigned;
use crate::Error;

const TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked which collections there are.
const COLLECTIONS: Duration = Duration::from_secs(5);
/// Documents changed at once.
const AT_ONCE: usize = 8;
/// How many documents the backlog is counted over.
const COUNTED: i64 = 10_000;

pub(super) struct MongodbOutbox {
    shared: Arc<Shared>,
    lease: Lease,
    collections: Vec<String>,
    listed: Option<Instant>,
}

/// An event in a document.
pub(super) struct Position {
    collection: String,
    document: String,
    event: String,
}

impl MongodbOutbox {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, lease: Lease::new(), collections: Vec::new(), listed: None }
    }

    async fn collections(&mut self, deadline: Instant) -> Result<&[String], Error> {
        if self.listed.is_none_or(|at| at.elapsed() >= COLLECTIONS) {
            self.collections = schema::names(&self.shared, deadline).await?;
            self.listed = Some(Instant::now());
        }
        Ok(&self.collections)
    }

    /// The documents of a collection in which events wait, those that wait longest first.
    async fn waiting(&self, collection: &str, limit: usize, deadline: Instant) -> Result<Vec<Stored>, Error> {
        let documents = self.shared.collection(collection);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || async {
            documents
                .find(doc! { "_lyceum.waiting": { "$exists": true } })
                .sort(doc! { "_lyceum.waiting": 1 })
                .projection(doc! { "_lyceum.outbox": 1, "_lyceum.waiting": 1 })
                .limit(limit)
                .await?
                .try_collect::<Vec<Document>>()
                .await
        };
        insist(deadline, read).await?.iter().map(Stored::read).collect()
    }

    /// Takes events out of one document.
    async fn pull(
        &self,
        collection: &str,
        id: &str,
        events: &[String],
        deadline: Instant,
    ) -> Result<(), Error> {
        let documents = self.shared.collection(collection);
        loop {
            let read =
                || async { documents.find_one(doc! { "_id": id }).projection(doc! { "_lyceum": 1 }).await };
            let Some(found) = insist(deadline, read).await? else { return Ok(()) };
            let stored = Stored::read(&found)?;
            let (gone, left): (Vec<Waiting>, Vec<Waiting>) =
                stored.outbox.into_iter().partition(|event| events.contains(&event.id));
            if gone.is_empty() {
                return Ok(());
            }
            fail::fail_point!("documents::before-pull");
            let set = doc! { "_lyceum.outbox": outbox(&left), "_lyceum.revision": stored.revision + 1 };
            let mut change = doc! { "$set": set };
            if left.is_empty() {
                change.insert("$unset", doc! { "_lyceum.waiting": "" });
            }
            let condition = doc! { "_id": id, "_lyceum.revision": stored.revision };
            let update = documents.update_one(condition, change);
            match ask(deadline, async { update.await.map(|result| result.matched_count == 1) }).await {
                Ok(true) => return Ok(()),
                // Somebody wrote; or it may be done, which the next look shows.
                Ok(false) | Err(Failure::Broken(_)) if Instant::now() < deadline => pause().await,
                Ok(false) => return Err(Error::Conflict),
                Err(failure) => return Err(failure.into_error()),
            }
        }
    }
}

#[async_trait]
impl Outbox for MongodbOutbox {
    type Position = Position;

    async fn read(&mut self, limit: usize) -> Result<Vec<lyceum_events::Stored<Position>>, OutboxError> {
        let deadline = Instant::now() + TIMEOUT;
        let shared = Arc::clone(&self.shared);
        if !self.lease.hold(&shared, deadline).await? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for collection in self.collections(deadline).await?.to_vec() {
            if found.len() >= limit {
                break;
            }
            for document in self.waiting(&collection, limit - found.len(), deadline).await? {
                let event = |event: Waiting| stored(&collection, &document.id, event);
                found.extend(document.outbox.into_iter().map(event));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn delete(&mut self, positions: &[Position]) -> Result<(), OutboxError> {
        let deadline = Instant::now() + TIMEOUT;
        let mut documents: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for Position { collection, document, event } in positions {
            documents.entry((collection.clone(), document.clone())).or_default().push(event.clone());
        }
        let this = &*self;
        stream::iter(documents)
            .map(|((collection, id), events)| async move {
                this.pull(&collection, &id, &events, deadline).await
            })
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(())
    }

    async fn backlog(&mut self) -> Result<u64, OutboxError> {
        let deadline = Instant::now() + TIMEOUT;
        let mut waiting = 0;
        for collection in self.collections(deadline).await?.to_vec() {
            let documents = self.shared.collection(&collection);
            let read = || async {
                documents
                    .find(doc! { "_lyceum.waiting": { "$exists": true } })
                    .projection(doc! { "_lyceum.outbox.id": 1 })
                    .limit(COUNTED)
                    .await?
                    .try_collect::<Vec<Document>>()
                    .await
            };
            let found = insist(deadline, read).await?;
            let count = |document: &Document| {
                document
                    .get_document("_lyceum")
                    .and_then(|hidden| hidden.get_array("outbox"))
                    .map_or(0, Vec::len)
            };
            waiting += found.iter().map(count).sum::<usize>();
        }
        Ok(u64::try_from(waiting).unwrap_or(u64::MAX))
    }

    async fn woken(&self) {
        self.shared.committed.notified().await;
    }

    async fn release(&mut self) {
        let shared = Arc::clone(&self.shared);
        self.lease.release(&shared, Instant::now() + Duration::from_secs(1)).await;
    }
}

fn stored(collection: &str, document: &str, event: Waiting) -> lyceum_events::Stored<Position> {
    let Waiting { id, kind, sequence, body } = event;
    lyceum_events::Stored {
        position: Position {
            collection: collection.to_owned(),
            document: document.to_owned(),
            event: id.clone(),
        },
        event: Event {
            id,
            kind,
            aggregate_type: collection.to_owned(),
            aggregate_id: document.to_owned(),
            sequence: unsigned(sequence),
            body: Bytes::from(body),
        },
    }
}
