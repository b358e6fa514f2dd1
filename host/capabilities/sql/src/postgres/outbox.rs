//! The outbox as the relay sees it.
//!
//! The relay has a connection of its own. The locks of its partitions belong to that connection, and it
//! reads and deletes on it: when the connection is gone, so are the locks, and so is the power to delete.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{Outbox, OutboxError, Stored};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Row, Socket, Statement, tls::NoTlsStream};

use super::Shared;
use super::claim::Claim;
use super::error::Failure;
use crate::Error;

/// Where commits with events are told to other hosts; the payload is the service.
pub(super) const CHANNEL: &str = "lyceum_outbox";

const PATIENCE: Duration = Duration::from_secs(10);
/// How often the share of partitions is looked at.
const BALANCE: Duration = Duration::from_millis(900);

const READ: &str = "SELECT position, id, kind, aggregate_type, aggregate_id, sequence, body
     FROM lyceum_outbox WHERE partition = ANY($1) ORDER BY position LIMIT $2";
const DELETE: &str = "DELETE FROM lyceum_outbox WHERE position = ANY($1)";
const BACKLOG: &str = "SELECT count(*) FROM (SELECT 1 FROM lyceum_outbox LIMIT 100000) AS waiting";

pub(super) struct PostgresOutbox {
    shared: Arc<Shared>,
    session: Option<Session>,
}

struct Session {
    client: Client,
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
        Self { shared, session: None }
    }

    /// Runs `work` on the session. One that failed or didn't answer is closed.
    async fn with_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session, &Shared) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let session = self.session.take();
        let shared = &self.shared;
        let work = async {
            let mut session = match session {
                Some(session) => session,
                None => Session::open(shared).await?,
            };
            let result = work(&mut session, shared).await?;
            Ok::<_, Failure>((session, result))
        };
        match timeout(PATIENCE, work).await {
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
    async fn open(shared: &Arc<Shared>) -> Result<Self, Failure> {
        let (client, connection) = shared.pool.config().connect(NoTls).await?;
        let driver = tokio::spawn(drive(connection, Arc::clone(shared)));
        let opened = async {
            // All that this session commits is that events were published, and publishing them again is harmless.
            client.batch_execute(&format!("SET synchronous_commit = off; LISTEN {CHANNEL}")).await?;
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
        self.shared.committed.notified().await;
    }

    async fn release(&mut self) {
        self.shared.held.store(0, Ordering::Relaxed);
        self.session = None;
    }
}

/// Keeps the connection going and passes on what other hosts tell.
async fn drive(mut connection: Connection<Socket, NoTlsStream>, shared: Arc<Shared>) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(notification) = message
            && notification.payload() == shared.service
        {
            shared.committed.notify_one();
        }
    }
    // The relay should find out soon.
    shared.committed.notify_one();
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
