//! What happens beside the calls: telling other hosts of events, and forgetting expired keys.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Shared;
use super::error::Failure;
use super::outbox::CHANNEL;

/// The least time between two notifications: each is a transaction that all others of the server's
/// notifying sessions wait for.
const PAUSE: Duration = Duration::from_millis(5);
const PURGE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);
/// Keys deleted at once.
const SOME: u64 = 500;

const EXPIRED: &str = "DELETE FROM lyceum_once WHERE (scope, key) IN (
         SELECT scope, key FROM lyceum_once WHERE expires <= $1 ORDER BY expires LIMIT 500 FOR UPDATE SKIP LOCKED)";

/// Ends when it is dropped.
#[derive(Debug)]
pub(super) struct Housekeeping(JoinHandle<()>);

impl Housekeeping {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, crate::Error> {
        let runtime = Handle::try_current().map_err(|error| crate::Error::Unavailable(error.to_string()))?;
        Ok(Self(runtime.spawn(async move { shared.keep_house().await })))
    }
}

impl Drop for Housekeeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Shared {
    async fn keep_house(&self) {
        let mut purge = interval(PURGE);
        purge.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = self.announce.notified() => {
                    let told = timeout(PATIENCE, self.tell_others()).await;
                    sleep(PAUSE).await;
                    told
                }
                _ = purge.tick() => timeout(PATIENCE, self.purge()).await,
            };
            if let Ok(Err(failure)) = done {
                // The relays' slow poll finds the events anyway, and the next purge the keys.
                tracing::debug!(service = self.service, ?failure, "housekeeping has to wait");
            }
        }
    }

    async fn tell_others(&self) -> Result<(), Failure> {
        let lease = self.pool.lease(Instant::now() + PATIENCE).await?;
        // Nothing is lost that would be worth a sync of the server's disk. The name was checked to need no
        // quoting.
        let notify = format!(
            "BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_notify('{CHANNEL}', '{}'); COMMIT",
            self.service
        );
        lease.client()?.batch_execute(&notify).await?;
        lease.give_back();
        Ok(())
    }

    async fn purge(&self) -> Result<(), Failure> {
        if !self.keyed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let lease = self.pool.lease(Instant::now() + PATIENCE).await?;
        let client = lease.client()?;
        let expired = client.prepare_cached(EXPIRED).await?;
        while client.execute(&expired, &[&self.options.clock.micros()]).await? >= SOME {}
        lease.give_back();
        Ok(())
    }
}
