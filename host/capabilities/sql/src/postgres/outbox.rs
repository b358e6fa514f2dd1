//! The outbox as the relay sees it.
//!
//! The relay has a connection of its own. The locks of its partitions belong to that connection, and it
//! reads and deletes on it: when the connection is gone, so are the locks, and so is the power to delete.
//!
//! A host that is killed loses its connection, and so its partitions, at once. One that stands still (a
//! paused process or machine, a cut network) keeps its connection, so the server ends a relay's session that
//! says nothing for [`SILENCE`]; a relay says something every [`SIGN_OF_LIFE`], also while the bus is slow.
//! The others look for free partitions every [`BALANCE`]: what a host held is taken over within two seconds.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use lyceum_events::{Outbox, OutboxError, Stored};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Row, Statement};

use super::Shared;
use super::claim::Claim;
use super::connector::Messages;
use super::error::Failure;
use crate::Error;

/// Where commits with events are told to other hosts; the payload is the service.
pub(super) const CHANNEL: &str = "lyceum_outbox";

/// How long the server may take for one step; after a step that was not answered, twice as long for the next.
const PATIENCE: Duration = Duration::from_millis(1500);
const LONGEST_PATIENCE: Duration = Duration::from_secs(12);
/// How often the share of partitions is looked at.
const BALANCE: Duration = Duration::from_millis(300);
/// How long a relay's session may be silent before the server ends it.
const SILENCE: Duration = Duration::from_secs(1);
/// How often a relay's session says something.
const SIGN_OF_LIFE: Duration = Duration::from_millis(250);

const READ: &str = "SELECT position, id, kind, aggregate_type, aggregate_id, sequence, body
     FROM lyceum_outbox WHERE partition = ANY($1) ORDER BY position LIMIT $2";
const DELETE: &str = "DELETE FROM lyceum_outbox WHERE position = ANY($1)";
const BACKLOG: &str = "SELECT count(*) FROM (SELECT 1 FROM lyceum_outbox LIMIT 100000) AS waiting";

pub(super) struct PostgresOutbox {
    shared: Arc<Shared>,
    session: Option<Session>,
    patience: Duration,
}

struct Session {
    client: Arc<Client>,
    read: Statement,
    delete: Statement,
    claim: Claim,
    balanced: Option<Instant>,
    driver: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl PostgresOutbox {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, session: None, patience: PATIENCE }
    }

    /// Runs `work` on the session. One that failed or didn't answer is closed.
    async fn with_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session, &Shared) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let shared = &self.shared;
        let connection = match self.session.take() {
            Some(session) => Ok(session),
            None => Err(shared
                .pool
                .connector()
                .open()
                .await
                .map_err(|refused| Failure::from(refused).into_error())?),
        };
        let work = async {
            let mut session = match connection {
                Ok(session) => session,
                Err((client, messages)) => Session::begin(client, messages, shared).await?,
            };
            let result = work(&mut session, shared).await?;
            Ok::<_, Failure>((session, result))
        };
        let outcome = timeout(self.patience, work).await;
        self.patience = if outcome.is_ok() { PATIENCE } else { (self.patience * 2).min(LONGEST_PATIENCE) };
        match outcome {
            Ok(Ok((session, result))) => {
                self.session = Some(session);
                Ok(result)
            }
            failed => {
                self.shared.held.store(0, Ordering::Relaxed);
                Err(match failed {
                    Ok(Err(failure)) => failure.into_error(),
                    _ => Error::Timeout,
                })
            }
        }
    }
}

impl Session {
    async fn begin(client: Client, messages: Messages, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let client = Arc::new(client);
        let living = Arc::clone(&client);
        let told = Arc::clone(shared);
        let receiving = drive(messages, Arc::clone(shared));
        let driver = tokio::spawn(async move {
            tokio::select! {
                () = receiving => {}
                () = show_life(living) => {}
            }
            // The relay should find out soon.
            told.committed.notify_one();
        });
        let opened = async {
            // All that this session commits is that events were published, and publishing them again is harmless.
            let silence = SILENCE.as_millis();
            let settings = format!(
                "SET synchronous_commit = off; SET idle_session_timeout = {silence};
                 SET tcp_user_timeout = {silence}; LISTEN {CHANNEL}"
            );
            client.batch_execute(&settings).await?;
            let claim = Claim::join(&client, &shared.service).await?;
            Ok::<_, Failure>((client.prepare(READ).await?, client.prepare(DELETE).await?, claim))
        };
        match opened.await {
            Ok((read, delete, claim)) => Ok(Self { client, read, delete, claim, balanced: None, driver }),
            Err(failure) => {
                driver.abort();
                Err(failure)
            }
        }
    }

    async fn balance(&mut self, shared: &Shared) -> Result<(), Failure> {
        if self.balanced.is_none_or(|at| at.elapsed() >= BALANCE) {
            self.claim.balance(&self.client).await?;
            shared.held.store(self.claim.bits(), Ordering::Relaxed);
            self.balanced = Some(Instant::now());
        }
        Ok(())
    }
}

#[async_trait]
impl Outbox for PostgresOutbox {
    type Position = i64;

    async fn read(&mut self, limit: usize) -> Result<Vec<Stored<i64>>, OutboxError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with_session(async |session, shared| {
            session.balance(shared).await?;
            let rows = session.client.query(&session.read, &[&session.claim.partitions(), &limit]).await?;
            rows.iter().map(stored).collect::<Result<_, _>>().map_err(Failure::from)
        })
        .await
        .map_err(OutboxError::from)
    }

    async fn delete(&mut self, positions: &[i64]) -> Result<(), OutboxError> {
        if self.session.is_none() {
            return Err(OutboxError("the relay's connection is gone".into()));
        }
        self.with_session(async |session, _| {
            Ok(session.client.execute(&session.delete, &[&positions]).await?)
        })
        .await?;
        Ok(())
    }

    async fn backlog(&mut self) -> Result<u64, OutboxError> {
        let counted: i64 = self
            .with_session(async |session, _| Ok(session.client.query_one(BACKLOG, &[]).await?.try_get(0)?))
            .await?;
        Ok(u64::try_from(counted).unwrap_or_default())
    }

    async fn woken(&self) {
        tokio::select! {
            () = self.shared.committed.notified() => {}
            // Partitions may have become free, and in them events of which this host was not told.
            () = sleep(BALANCE) => {}
        }
    }

    async fn release(&mut self) {
        self.shared.held.store(0, Ordering::Relaxed);
        self.session = None;
    }
}

/// Says something to the server for as long as the process runs and the connection lasts.
async fn show_life(client: Arc<Client>) {
    while client.batch_execute("").await.is_ok() {
        sleep(SIGN_OF_LIFE).await;
    }
}

/// Keeps the connection going and passes on what other hosts tell.
async fn drive(mut messages: Messages, shared: Arc<Shared>) {
    while let Some(message) = messages.next().await {
        if let AsyncMessage::Notification(notification) = message
            && notification.payload() == shared.service
        {
            shared.committed.notify_one();
        }
    }
}

fn stored(row: &Row) -> Result<Stored<i64>, tokio_postgres::Error> {
    Ok(Stored {
        position: row.try_get(0)?,
        event: lyceum_events::Event {
            id: row.try_get(1)?,
            kind: row.try_get(2)?,
            aggregate_type: row.try_get(3)?,
            aggregate_id: row.try_get(4)?,
            sequence: u64::try_from(row.try_get::<_, i64>(5)?).unwrap_or_default(),
            body: Bytes::from(row.try_get::<_, String>(6)?),
        },
    })
}
