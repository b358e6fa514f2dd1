//! Reading.

use std::time::Instant;

use futures::FutureExt;
use tokio::time::timeout_at;

use super::Shared;
use super::error::Failure;
use super::pipeline::pipeline;
use super::pool::Lease;
use crate::guard::Budget;
use crate::once::Found;
use crate::{Error, Rows, Statement};

/// How often reading is tried again on another connection.
const ATTEMPTS: u32 = 3;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const FIND: &str = "SELECT fingerprint, answer, rows FROM lyceum_once
     WHERE scope = $1 AND key = $2 AND (expires IS NULL OR expires > $3)";

impl Shared {
    /// Runs reading statements on one snapshot. A single one is one by itself.
    pub(super) async fn query(
        &self,
        statements: &[Statement],
        deadline: Instant,
    ) -> Result<Vec<Rows>, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let lease = self.pool.lease(deadline).await.map_err(Failure::into_error)?;
            let Ok(outcome) = timeout_at(deadline.into(), self.read(&lease, statements)).await else {
                return Err(Error::Timeout);
            };
            match outcome {
                Ok(rows) => {
                    lease.give_back();
                    return Ok(rows);
                }
                Err(failure) => {
                    let again = !matches!(failure, Failure::Final(_)) && attempt < ATTEMPTS;
                    self.recover(lease, &failure).await;
                    if !again {
                        return Err(failure.into_error());
                    }
                    self.statistics.retries.add(1);
                }
            }
        }
    }

    async fn read(&self, lease: &Lease, statements: &[Statement]) -> Result<Vec<Rows>, Failure> {
        let client = lease.client()?;
        let ready = self.ready(client, statements).await?;
        let budget = Budget::new(self.options.limits);
        let several = ready.len() > 1;
        let control = async |command: &'static str| {
            client.batch_execute(command).await.map(|()| None).map_err(Failure::from)
        };
        let mut steps = Vec::with_capacity(ready.len() + 2);
        if several {
            steps.push(control(BEGIN).boxed());
        }
        for statement in ready {
            steps.push(statement.run(client, &budget).map(|rows| rows.map(Some)).boxed());
        }
        if several {
            steps.push(control("COMMIT").boxed());
        }
        let done: Vec<Option<Rows>> = pipeline(steps).await.into_iter().collect::<Result<_, _>>()?;
        Ok(done.into_iter().flatten().collect())
    }

    /// After a failure: makes the connection fit for others, or closes it.
    pub(super) async fn recover(&self, lease: Lease, failure: &Failure) {
        match failure {
            Failure::Lost(_) => lease.lost(),
            Failure::Stale => {
                if let Ok(client) = lease.client() {
                    client.forget_statements();
                }
                lease.roll_back().await;
            }
            Failure::Final(_) | Failure::Conflict => lease.roll_back().await,
        }
    }

    /// What is remembered for a key, unless it has expired.
    pub(super) async fn find(
        &self,
        scope: &str,
        key: &str,
        deadline: Instant,
    ) -> Result<Option<Found>, Error> {
        let now = self.options.clock.micros();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let lease = self.pool.lease(deadline).await.map_err(Failure::into_error)?;
            let look = async {
                let client = lease.client()?;
                let statement = client.prepare_cached(FIND).await?;
                let row = client.query_opt(&statement, &[&scope, &key, &now]).await?;
                row.map(|row| {
                    Ok(Found { fingerprint: row.try_get(0)?, answer: row.try_get(1)?, rows: row.try_get(2)? })
                })
                .transpose()
            };
            let Ok(found) = timeout_at(deadline.into(), look).await else { return Err(Error::Timeout) };
            match found {
                Ok(found) => {
                    lease.give_back();
                    return Ok(found);
                }
                Err(failure) if matches!(failure, Failure::Final(_)) || attempt >= ATTEMPTS => {
                    self.recover(lease, &failure).await;
                    return Err(failure.into_error());
                }
                Err(failure) => self.recover(lease, &failure).await,
            }
        }
    }
}
