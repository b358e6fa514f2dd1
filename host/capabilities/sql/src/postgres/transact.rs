//! A transaction: two round trips, repeated until it is in nobody's way.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{sleep, timeout_at};

use super::Shared;
use super::connection::Connection;
use super::error::Failure;
use super::pipeline::pipeline;
use super::pool::Lease;
use crate::guard::{Budget, Prepared};
use crate::{Error, Outcome, Rows, once};

/// How often a transaction is repeated after its connection was lost before the commit.
const CONNECTIONS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(1);
const LONGEST_WAIT: Duration = Duration::from_millis(100);

const TAKE_KEY: &str = "INSERT INTO lyceum_once (scope, key, fingerprint, expires, answer, rows)
     VALUES ($1, $2, $3, $4, $5, '')
     ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint,
         expires = excluded.expires, answer = excluded.answer, rows = excluded.rows
     WHERE lyceum_once.expires <= $6";
const KEEP_ROWS: &str = "UPDATE lyceum_once SET rows = $3 WHERE scope = $1 AND key = $2";
const COUNT: &str =
    "INSERT INTO lyceum_sequence AS counter (aggregate_type, aggregate_id, last) VALUES ($1, $2, 1)
     ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE SET last = counter.last + 1 RETURNING last";
const STORE: &str =
    "INSERT INTO lyceum_outbox (partition, id, kind, aggregate_type, aggregate_id, sequence, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// How an attempt ended, if it did not fail.
enum Attempt {
    Committed(Vec<Rows>),
    /// The key was used before; rolled back.
    Known,
}

/// What a step of the first round trip gave.
enum Step {
    Begun,
    Key(u64),
    Rows(Rows),
    Sequence(i64),
}

impl Shared {
    pub(super) async fn transact(&self, prepared: &Prepared, deadline: Instant) -> Result<Outcome, Error> {
        let (mut wait, mut lost) = (FIRST_WAIT, 0);
        let mut too_late = Error::Timeout;
        loop {
            let lease = match self.pool.lease(deadline).await.map_err(Failure::into_error) {
                Ok(lease) => lease,
                Err(Error::Timeout) => return Err(too_late),
                Err(error) => return Err(error),
            };
            let attempt = self.attempt(&lease, prepared, deadline);
            let Ok(outcome) = timeout_at(deadline.into(), attempt).await else {
                return Err(if lease.is_committing() { Error::OutcomeUnknown } else { too_late });
            };
            let failure = match outcome {
                Ok(Attempt::Committed(rows)) => {
                    lease.give_back();
                    self.committed(prepared);
                    return Ok(Outcome::Committed(rows));
                }
                Ok(Attempt::Known) => {
                    lease.roll_back().await;
                    if let Some(outcome) = self.duplicate(prepared, deadline).await? {
                        return Ok(outcome);
                    }
                    // It expired between the two looks.
                    Failure::Conflict
                }
                Err(failure) => {
                    self.recover(lease, &failure).await;
                    failure
                }
            };
            match failure {
                Failure::Final(Error::Timeout) => return Err(too_late),
                Failure::Final(error) => return Err(error),
                Failure::Lost(reason) => {
                    lost += 1;
                    if lost >= CONNECTIONS {
                        return Err(Error::Unavailable(reason));
                    }
                }
                Failure::Stale => {}
                Failure::Conflict => {
                    too_late = Error::Conflict;
                    let jitter = wait.mul_f64(rand::random());
                    if Instant::now() + jitter >= deadline {
                        return Err(too_late);
                    }
                    sleep(jitter).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
            self.statistics.retries.add(1);
        }
    }

    fn committed(&self, prepared: &Prepared) {
        self.statistics.commits.add(1);
        self.statistics.batches.add(1);
        if let Some(once) = &prepared.once {
            self.expiries.used(once.expires(self.options.clock.micros()));
        }
        if prepared.events.is_empty() {
            return;
        }
        self.committed.notify_one();
        let held = self.held.load(Ordering::Relaxed);
        if prepared.events.iter().any(|event| held & (1 << event.partition()) == 0) {
            self.announce.notify_one();
        }
    }

    async fn duplicate(&self, prepared: &Prepared, deadline: Instant) -> Result<Option<Outcome>, Error> {
        let Some(once) = &prepared.once else { return Ok(None) };
        let Some(found) = self.find(&once.scope, &once.key, deadline).await? else { return Ok(None) };
        let remembered = found.open(&once.fingerprint)?;
        self.statistics.duplicates.add(1);
        Ok(Some(Outcome::Duplicate(remembered)))
    }

    async fn attempt(
        &self,
        lease: &Lease,
        prepared: &Prepared,
        deadline: Instant,
    ) -> Result<Attempt, Failure> {
        let client = lease.client()?;
        let now = self.options.clock.micros();
        let Some((rows, sequences)) = self.first_round(client, prepared, deadline, now).await? else {
            return Ok(Attempt::Known);
        };
        fail::fail_point!("sql::before-commit");
        let round = self.commit_round(lease, prepared, &rows, &sequences, now);
        round.await?;
        fail::fail_point!("sql::after-commit");
        Ok(Attempt::Committed(rows))
    }

    /// Everything up to the events' numbers. `None` if the key is known.
    async fn first_round(
        &self,
        client: &Connection,
        prepared: &Prepared,
        deadline: Instant,
        now: i64,
    ) -> Result<Option<(Vec<Rows>, Vec<i64>)>, Failure> {
        let statements = self.ready(client, &prepared.statements).await?;
        let take_key = client.prepare_cached(TAKE_KEY).await?;
        let count = client.prepare_cached(COUNT).await?;
        let budget = Budget::new(self.options.limits);
        let remaining = deadline.saturating_duration_since(Instant::now()).as_millis().clamp(1, 86_400_000);
        let begin = format!("BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL statement_timeout = {remaining}");

        let mut steps: Vec<BoxFuture<'_, Result<Step, Failure>>> = Vec::new();
        steps.push(
            async { client.batch_execute(&begin).await.map(|()| Step::Begun).map_err(Failure::unfit) }
                .boxed(),
        );
        if let Some(once) = &prepared.once {
            let (expires, answer) = (once.expires(now), once.answer.as_ref());
            let take_key = &take_key;
            steps.push(
                async move {
                    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
                        [&once.scope, &once.key, &once.fingerprint, &expires, &answer, &now];
                    Ok(Step::Key(client.execute(take_key, &params).await?))
                }
                .boxed(),
            );
        }
        for statement in statements {
            steps.push(statement.run(client, &budget).map(|rows| rows.map(Step::Rows)).boxed());
        }
        // In the order of the aggregates, so that fewer transactions wait for each other crosswise.
        let mut order: Vec<usize> = (0..prepared.events.len()).collect();
        order.sort_by_key(|&index| {
            prepared.events.get(index).map(|event| (&event.aggregate_type, &event.aggregate_id))
        });
        for event in order.iter().filter_map(|&index| prepared.events.get(index)) {
            let count = &count;
            steps.push(
                async move {
                    let row = client.query_one(count, &[&event.aggregate_type, &event.aggregate_id]).await?;
                    Ok(Step::Sequence(row.try_get(0)?))
                }
                .boxed(),
            );
        }
        let (mut rows, mut counted) = (Vec::new(), Vec::new());
        for step in pipeline(steps).await {
            // The first failure is the cause of those after it. A known key comes before all of them.
            match step? {
                Step::Key(0) => return Ok(None),
                Step::Begun | Step::Key(_) => {}
                Step::Rows(more) => rows.push(more),
                Step::Sequence(sequence) => counted.push(sequence),
            }
        }
        let mut numbered: Vec<(usize, i64)> = order.into_iter().zip(counted).collect();
        numbered.sort_unstable();
        Ok(Some((rows, numbered.into_iter().map(|(_, sequence)| sequence).collect())))
    }

    /// The events, the rows to remember, and the commit. Where an event is refused the commit that is
    /// already on its way rolls back.
    async fn commit_round(
        &self,
        lease: &Lease,
        prepared: &Prepared,
        rows: &[Rows],
        sequences: &[i64],
        now: i64,
    ) -> Result<(), Failure> {
        let client = lease.client()?;
        let store = client.prepare_cached(STORE).await?;
        let keep_rows = client.prepare_cached(KEEP_ROWS).await?;
        let mut steps: Vec<BoxFuture<'_, Result<(), tokio_postgres::Error>>> = Vec::new();
        for (event, sequence) in prepared.events.iter().zip(sequences) {
            let body = event.body(&self.service, *sequence, &prepared.context, now)?;
            let store = &store;
            steps.push(
                async move {
                    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 7] = [
                        &event.partition(),
                        &event.id,
                        &event.kind,
                        &event.aggregate_type,
                        &event.aggregate_id,
                        sequence,
                        &body,
                    ];
                    client.execute(store, &params).await.map(|_| ())
                }
                .boxed(),
            );
        }
        if let Some(once) = &prepared.once
            && !rows.is_empty()
        {
            let encoded = once::encode_rows(rows);
            let keep_rows = &keep_rows;
            steps.push(
                async move { client.execute(keep_rows, &[&once.scope, &once.key, &encoded]).await.map(|_| ()) }.boxed(),
            );
        }
        // A server that waits for its standby would, at its time limit, stop waiting and call it a success.
        steps.push(client.batch_execute("SET LOCAL statement_timeout = 0").boxed());
        lease.begin_commit();
        steps.push(client.batch_execute("COMMIT").boxed());
        for outcome in pipeline(steps).await {
            let Err(error) = outcome else { continue };
            return Err(match Failure::from(error) {
                Failure::Lost(_) => Error::OutcomeUnknown.into(),
                refused => refused,
            });
        }
        Ok(())
    }
}
