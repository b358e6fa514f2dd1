//! What happens beside the calls: telling other hosts of events, and forgetting expired keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Shared;
use super::error::Failure;
use super::relay::CHANNEL;

/// The least time between two notifications: each is a transaction that all others of the server's
/// notifying sessions wait for.
const PAUSE: Duration = Duration::from_millis(5);
const PURGE: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Keys deleted at once.
const SOME: u64 = 500;

const EXPIRED: &str = "DELETE FROM lyceum_once WHERE (scope, key) IN (
         SELECT scope, key FROM lyceum_once WHERE expires <= $1 ORDER BY expires LIMIT 500 FOR UPDATE SKIP LOCKED)";
const NEXT: &str = "SELECT min(expires) FROM lyceum_once";

/// When there are keys to forget, so that a service at rest leaves its database at rest.
#[derive(Debug)]
pub(super) struct Expiries {
    /// Whether a key was used since the database was opened: before, there may not even be tables.
    used: AtomicBool,
    /// When the first key expires that is known here, in microseconds since 1970.
    next: AtomicI64,
}

impl Default for Expiries {
    fn default() -> Self {
        Self { used: AtomicBool::new(false), next: AtomicI64::new(i64::MAX) }
    }
}

impl Expiries {
    /// A key was used. With the first one it is time to look what others left behind.
    pub(super) fn used(&self, expires: Option<i64>) {
        let is_first = !self.used.swap(true, Ordering::Relaxed);
        self.due_by(if is_first { i64::MIN } else { expires.unwrap_or(i64::MAX) });
    }

    fn due_by(&self, expires: i64) {
        self.next.fetch_min(expires, Ordering::Relaxed);
    }

    /// Whether something has expired. It is then this caller's to forget it.
    fn take(&self, now: i64) -> bool {
        self.next.load(Ordering::Relaxed) <= now && self.next.swap(i64::MAX, Ordering::Relaxed) <= now
    }
}

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
                    let told = timeout(TIMEOUT, self.tell_others()).await;
                    sleep(PAUSE).await;
                    told
                }
                _ = purge.tick() => timeout(TIMEOUT, self.purge()).await,
            };
            if let Ok(Err(failure)) = done {
                // The relays' slow poll finds the events anyway, and the next purge the keys.
                tracing::debug!(service = self.service, ?failure, "housekeeping has to wait");
            }
        }
    }

    async fn tell_others(&self) -> Result<(), Failure> {
        let lease = self.pool.lease(Instant::now() + TIMEOUT).await?;
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

    /// Forgets what has expired, and closes connections that nobody uses.
    async fn purge(&self) -> Result<(), Failure> {
        self.pool.trim();
        let now = self.options.clock.micros();
        if !self.expiries.take(now) {
            return Ok(());
        }
        let purged = self.purge_until(now).await;
        // What failed is done again.
        self.expiries.due_by(purged.as_ref().map_or(now, |next| next.unwrap_or(i64::MAX)));
        purged.map(|_| ())
    }

    /// Says when the next key expires.
    async fn purge_until(&self, now: i64) -> Result<Option<i64>, Failure> {
        let lease = self.pool.lease(Instant::now() + TIMEOUT).await?;
        let client = lease.client()?;
        let expired = client.prepare_cached(EXPIRED).await?;
        while client.execute(&expired, &[&now]).await? >= SOME {}
        let next = client.prepare_cached(NEXT).await?;
        let next = client.query_one(&next, &[]).await?.try_get(0)?;
        lease.give_back();
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_asked_with_the_first_key_and_then_when_one_expires() {
        let expiries = Expiries::default();
        assert!(!expiries.take(1_000));
        expiries.used(Some(5_000));
        assert!(expiries.take(1_000));
        assert!(!expiries.take(1_000), "another one has it in hand");
        expiries.due_by(5_000);
        expiries.used(None);
        expiries.used(Some(9_000));
        assert!(!expiries.take(4_999));
        assert!(expiries.take(5_000));
    }
}
