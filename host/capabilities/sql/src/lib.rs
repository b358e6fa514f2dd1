//! Lyceum's sql capability: a service's own relational database, with an outbox.

#![forbid(unsafe_code)]

mod error;
mod model;

use std::time::Instant;

use async_trait::async_trait;

pub use error::Error;
pub use model::{Context, Event, Migration, Once, Outcome, Remembered, Rows, Statement, Transaction, Value};

/// One service's database.
///
/// Every call ends by its deadline: with `timeout` or, where the commit had begun, with `outcome-unknown`.
#[async_trait]
pub trait Database: Send + Sync + 'static {
    /// Runs read-only statements on one snapshot.
    async fn query(&self, statements: Vec<Statement>, deadline: Instant) -> Result<Vec<Rows>, Error>;

    /// Runs all of it, or none.
    async fn transact(&self, transaction: Transaction, deadline: Instant) -> Result<Outcome, Error>;

    /// What was answered for this key, if it was used.
    async fn recall(
        &self,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error>;
}
