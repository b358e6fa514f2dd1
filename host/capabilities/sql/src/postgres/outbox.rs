//! The outbox as the relay sees it.
//!
//! Hosts look for free partitions every [`BALANCE`]: what a host held that is gone is taken over within two seconds. How a
//! relay comes by its session, and when that ends, is in [`relay`](super::relay).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{Outbox, OutboxError, Stored};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Row, Statement};

use super::Shared;
use super::claim::Claim;
use super::error::Failure;
use super::relay::{Seat, Session};
use crate::Error;

/// How long the server may take for one step; after a step that was not answered, twice as long for the next.
const TIMEOUT: Duration = Duration::from_millis(1500);
const LONGEST_PATIENCE: Duration = Duration::from_secs(12);
/// How often the share of partitions is looked at.
const BALANCE: Duration = Duration::from_millis(300);
/// How long a relay whose step was not answered keeps to a session of its own.
const ALONE: Duration = Duration::from_mins(1);

pub(super) struct PostgresOutbox {
    shared: Arc<Shared>,
    relay: Option<Relay>,
    patience: Duration,
    /// Until when it shares no session.
    alone_until: Option<Instant>,
}

/// A relay at work on a session.
struct Relay {
    seat: Seat,
    claim: Claim,
    balanced: Option<Instant>,
    read: Statement,
    delete: Statement,
}

/// The statements on a service's outbox. They name its schema, since the session may be several services'.
struct Texts {
    read: String,
    delete: String,
    backlog: String,
}

impl Texts {
    fn of(service: &str) -> Self {
        // The name was checked to need no more quoting.
        let outbox = format!("\"{service}\".lyceum_outbox");
        Self {
            read: format!(
                "SELECT position, id, kind, aggregate_type, aggregate_id, sequence, body
                 FROM {outbox} WHERE partition = ANY($1) ORDER BY position LIMIT $2"
            ),
            delete: format!("DELETE FROM {outbox} WHERE position = ANY($1)"),
            backlog: format!("SELECT count(*) FROM (SELECT 1 FROM {outbox} LIMIT 100000) AS waiting"),
        }
    }
}

impl PostgresOutbox {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, relay: None, patience: TIMEOUT, alone_until: None }
    }

    /// Whether it is to keep to itself.
    fn is_alone(&self) -> bool {
        self.alone_until.is_some_and(|end| Instant::now() < end)
    }

    /// Joins the others again after a while alone. Not between reading and deleting, which belong together.
    async fn join_others(&mut self) {
        let (alone, shared) = (self.is_alone(), &self.shared);
        let may_join = |relay: &mut Relay| {
            !alone && !relay.seat.is_shared && shared.pool.relays().has_room(&shared.service)
        };
        if let Some(relay) = self.relay.take_if(may_join) {
            shared.held.store(0, Ordering::Relaxed);
            relay.leave().await;
        }
    }

    /// Runs `work` on a session. One that didn't answer is closed.
    async fn with_session<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Relay, &Shared) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let shared = &self.shared;
        let place = match self.relay.take() {
            Some(relay) => Ok(relay),
            None => Err(shared.pool.relays().seat(shared, self.is_alone(), self.patience).await?),
        };
        let work = async {
            let mut relay = match place {
                Ok(relay) => relay,
                Err(seat) => Relay::begin(seat, &shared.service).await?,
            };
            match work(&mut relay, shared).await {
                Ok(result) => Ok((relay, result)),
                Err(failure) => {
                    relay.part_by(&failure).await;
                    Err(failure)
                }
            }
        };
        let outcome = timeout(self.patience, work).await;
        self.patience = if outcome.is_ok() { TIMEOUT } else { (self.patience * 2).min(LONGEST_PATIENCE) };
        match outcome {
            Ok(Ok((relay, result))) => {
                self.relay = Some(relay);
                Ok(result)
            }
            failed => {
                shared.held.store(0, Ordering::Relaxed);
                if let Ok(Err(failure)) = failed {
                    return Err(failure.into_error());
                }
                self.alone_until = Some(Instant::now() + ALONE);
                Err(Error::Timeout)
            }
        }
    }
}

impl Relay {
    async fn begin(seat: Seat, service: &str) -> Result<Self, Failure> {
        let client = &seat.session.client;
        let claim = Claim::join(client, service).await?;
        let texts = Texts::of(service);
        let prepared = async {
            Ok::<_, Failure>((client.prepare(&texts.read).await?, client.prepare(&texts.delete).await?))
        };
        match prepared.await {
            Ok((read, delete)) => Ok(Self { seat, claim, balanced: None, read, delete }),
            Err(failure) => {
                part(seat, claim, &failure).await;
                Err(failure)
            }
        }
    }

    fn session(&self) -> &Session {
        &self.seat.session
    }

    async fn balance(&mut self, shared: &Shared) -> Result<(), Failure> {
        if self.balanced.is_none_or(|at| at.elapsed() >= BALANCE) {
            let Self { seat, claim, .. } = self;
            claim.balance(&seat.session.client, &seat.session.rank).await?;
            shared.held.store(claim.bits(), Ordering::Relaxed);
            self.balanced = Some(Instant::now());
        }
        Ok(())
    }

    async fn leave(self) {
        leave(self.seat, self.claim).await;
    }

    async fn part_by(self, failure: &Failure) {
        part(self.seat, self.claim, failure).await;
    }
}

/// Gives up the seat after a failure. Where the server only refused something the others on the session go on.
async fn part(seat: Seat, claim: Claim, failure: &Failure) {
    if !matches!(failure, Failure::Lost(_)) {
        leave(seat, claim).await;
    }
}

/// Leaves what is held to other hosts, and a shared session to its others.
async fn leave(seat: Seat, claim: Claim) {
    // One that nobody shares ends, and the server takes the locks away with it.
    if seat.is_shared && matches!(timeout(TIMEOUT, claim.leave(&seat.session.client)).await, Ok(Ok(()))) {
        seat.leave();
    }
}

#[async_trait]
impl Outbox for PostgresOutbox {
    type Position = i64;

    async fn read(&mut self, limit: usize) -> Result<Vec<Stored<i64>>, OutboxError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.join_others().await;
        self.with_session(async |relay, shared| {
            relay.balance(shared).await?;
            let held = relay.claim.partitions();
            let rows = relay.session().client.query(&relay.read, &[&held, &limit]).await?;
            rows.iter().map(stored).collect::<Result<_, _>>().map_err(Failure::from)
        })
        .await
        .map_err(OutboxError::from)
    }

    async fn delete(&mut self, positions: &[i64]) -> Result<(), OutboxError> {
        if self.relay.is_none() {
            return Err(OutboxError("the relay's connection is gone".into()));
        }
        self.with_session(async |relay, _| {
            Ok(relay.session().client.execute(&relay.delete, &[&positions]).await?)
        })
        .await?;
        Ok(())
    }

    async fn backlog(&mut self) -> Result<u64, OutboxError> {
        let text = Texts::of(&self.shared.service).backlog;
        let counted: i64 = self
            .with_session(async |relay, _| {
                Ok(relay.session().client.query_one(&text, &[]).await?.try_get(0)?)
            })
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
        if let Some(relay) = self.relay.take() {
            relay.leave().await;
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
