//! The moment that a backup is of.
//!
//! Every database's writers are held while the state of each is noted. So no copy can have the effect of an event that
//! the copy of its publisher doesn't know.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use lyceum_sql::Error;

use super::databases::Database;

/// How long an attempt may hold anybody, which is far less than callers' patience.
const MAX_HOLD: Duration = Duration::from_millis(400);
/// Between attempts.
const PAUSE: Duration = Duration::from_millis(100);
const ATTEMPTS: u32 = 50;

/// When it was.
pub(crate) struct Moment {
    pub(crate) at: jiff::Timestamp,
    /// For how long the writers of the database that was held first were held.
    pub(crate) held: Duration,
}

/// Notes the state of all databases, in their order.
pub(crate) async fn take(databases: &mut [Database]) -> Result<Moment> {
    for _ in 0..ATTEMPTS {
        let began = Instant::now();
        let taken = attempt(databases, began).await;
        try_join_all(databases.iter_mut().map(|database| async move {
            let gone = database.source.let_go().await;
            gone.with_context(|| format!("let the writers of {database} go"))
        }))
        .await?;
        if let Some(at) = taken? {
            return Ok(Moment { at, held: began.elapsed() });
        }
        // Those that were held have to catch up.
        tokio::time::sleep(PAUSE).await;
    }
    bail!(
        "the databases' writers could not be held together in {ATTEMPTS} attempts; try when there is less to do"
    )
}

async fn attempt(databases: &mut [Database], began: Instant) -> Result<Option<jiff::Timestamp>> {
    for database in databases.iter_mut() {
        match database.source.hold(MAX_HOLD.saturating_sub(began.elapsed())).await {
            Ok(()) => {}
            Err(Error::Conflict) => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("hold the writers of {database}")),
        }
    }
    let at = jiff::Timestamp::now();
    try_join_all(databases.iter_mut().map(|database| async move {
        let taken = database.source.take().await;
        taken.with_context(|| format!("note the state of {database}"))
    }))
    .await?;
    Ok(Some(at))
}
