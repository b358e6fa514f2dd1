//! The reading connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant as Moment, sleep, timeout_at};

use super::Shared;
use super::link::{Link, Role};
use crate::Error;

/// How long a connection is kept for the next read. Its cache is up to 2 MiB, which a service that nobody reads from has
/// no use for.
const IDLE: Duration = Duration::from_secs(30);

/// Runs reads on the threads that every database of the process shares, on as many connections as are allowed.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    kept: Arc<Kept>,
}

/// The open connections that wait for the next read.
#[derive(Default)]
struct Kept(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// The one that waits longest comes first.
    connections: Vec<(Link, Moment)>,
    /// Whether a task closes them in time.
    watched: bool,
}

impl Readers {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let connections = shared.options.connections.max(1);
        Self {
            shared: Arc::clone(shared),
            permits: Arc::new(Semaphore::new(connections)),
            kept: Arc::default(),
        }
    }

    /// Runs `work` on one of the connections; its statements are interrupted at the deadline.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        work: impl FnOnce(&Link) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Ok(permit) = timeout_at(deadline.into(), Arc::clone(&self.permits).acquire_owned()).await else {
            return Err(Error::Timeout);
        };
        let permit = permit.map_err(|_| Error::Unavailable("the database was closed".into()))?;
        let (shared, kept) = (Arc::clone(&self.shared), Arc::clone(&self.kept));
        let read = spawn_blocking(move || {
            let _permit = permit;
            if Instant::now() >= deadline {
                return Err(Error::Timeout);
            }
            let link = match kept.take().filter(|link| link.is_current(&shared.path)) {
                Some(link) => link,
                None => Link::open(&shared, Role::Reader)?,
            };
            let result = link.until(deadline, || work(&link));
            if !matches!(result, Err(Error::Unavailable(_))) {
                kept.put(link);
            }
            result
        });
        match timeout_at(deadline.into(), read).await {
            Err(_) => Err(Error::Timeout),
            Ok(Ok(result)) => {
                self.kept.watch();
                result
            }
            // Its connection went with it; what was open is rolled back.
            Ok(Err(panicked)) => Err(Error::Unavailable(format!("a read ended unforeseen: {panicked}"))),
        }
    }
}

impl Kept {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was used last: its cache is the warmest.
    fn take(&self) -> Option<Link> {
        self.waiting().connections.pop().map(|(link, _)| link)
    }

    fn put(&self, link: Link) {
        self.waiting().connections.push((link, Moment::now()));
    }

    /// Sees to it that what nobody uses is closed.
    fn watch(self: &Arc<Self>) {
        if std::mem::replace(&mut self.waiting().watched, true) {
            return;
        }
        let kept = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(IDLE).await;
                let Some(kept) = kept.upgrade() else { return };
                if !kept.close_idle() {
                    return;
                }
            }
        });
    }

    /// Closes what has waited for too long; whether something is left to be watched.
    fn close_idle(&self) -> bool {
        let mut waiting = self.waiting();
        let first_kept = waiting.connections.partition_point(|(_, since)| since.elapsed() >= IDLE);
        let closed: Vec<_> = waiting.connections.drain(..first_kept).collect();
        waiting.watched = !waiting.connections.is_empty();
        let watched = waiting.watched;
        // Closing may touch the disk; reads needn't wait for it.
        drop(waiting);
        drop(closed);
        watched
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Kept").field("connections", &self.waiting().connections.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, SqliteDatabase};

    async fn read(readers: &Readers) {
        let deadline = Instant::now() + Duration::from_mins(5);
        let one = |link: &Link| {
            link.snapshot(false, |connection| {
                connection
                    .query_row("SELECT 1", [], |row| row.get::<_, i64>(0))
                    .map_err(super::super::error::map)
            })
        };
        assert_eq!(readers.run(deadline, one).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_serves_again_and_is_closed_once_nobody_reads() {
        let folder = tempfile::tempdir().unwrap();
        let database = SqliteDatabase::open(&folder.path().join("x.db"), "x", Options::default()).unwrap();
        let readers = &database.readers;
        let open = || readers.kept.waiting().connections.len();
        for _ in 0..3 {
            read(readers).await;
            assert_eq!(open(), 1);
        }
        sleep(IDLE * 3).await;
        assert_eq!(open(), 0);
        read(readers).await;
        assert_eq!(open(), 1);
    }

    #[tokio::test]
    async fn a_read_that_panics_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { connections: 1, ..Options::default() };
        let database = SqliteDatabase::open(&folder.path().join("x.db"), "x", options).unwrap();
        let deadline = Instant::now() + Duration::from_mins(5);
        let panicked = database.readers.run::<()>(deadline, |_| panic!("a fault of ours")).await;
        assert!(matches!(panicked, Err(Error::Unavailable(_))), "{panicked:?}");
        read(&database.readers).await;
    }
}
