//! The one thread that writes to the file: group commit.
//!
//! It takes everything that waits, runs it in one transaction, syncs once, then answers all. While
//! it syncs the next group gathers. Each job has a savepoint, so that one that fails takes no
//! other with it. A group of jobs that may be lost with the machine's power isn't synced: what comes after
//! them is, and they with it.

use std::cell::Cell;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::schema;
use crate::error::Error;

/// At most this many callers share a commit.
const GROUP: usize = 4096;

enum Request {
    Run(Box<dyn Job>),
    Stop,
}

/// Hands work to the writer thread. Cheap to clone; the thread ends with its last handle.
#[derive(Clone)]
pub(super) struct Writer {
    requests: mpsc::Sender<Request>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Opens the file and starts the thread, which holds `lock` as long as it lives.
    pub(super) fn start(path: &Path, lock: File) -> Result<Self, Error> {
        let connection = schema::create(path)?;
        let original = std::fs::metadata(path)?;
        let (requests, receiver) = mpsc::channel(GROUP);
        let commits = Arc::<AtomicU64>::default();
        let counter = commits.clone();
        let synced = Cell::new(true);
        let path = path.to_owned();
        let thread = Thread { connection, synced, path, original, commits: counter, _lock: lock };
        std::thread::Builder::new().name("events-writer".to_owned()).spawn(move || thread.run(receiver))?;
        Ok(Self { requests, commits })
    }

    /// Runs `work` in a transaction and returns once it is durable. On an error nothing of it is.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.run_then(work, |_| ()).await
    }

    /// As `run`, but the loss of the machine's power may undo it, with all that was written after it. The end of
    /// the process doesn't.
    pub(super) async fn run_unsynced<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.submit(work, |_| (), false).await
    }

    /// As `run`, and calls `committed` once it is durable, even if this future was dropped.
    pub(super) async fn run_then<T, W, C>(&self, work: W, committed: C) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        self.submit(work, committed, true).await
    }

    async fn submit<T, W, C>(&self, work: W, committed: C, synced: bool) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call = Call { work: Some(work), committed, synced, value: None, reply };
        self.requests.send(Request::Run(Box::new(call))).await.map_err(|_| Error::ShutDown)?;
        answer.await.map_err(|_| Error::ShutDown)?
    }

    /// Transactions committed, and so synced to disk, since the file was opened.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Finishes what waits and ends the thread; returns once the file is closed.
    pub(super) async fn stop(&self) {
        if self.requests.send(Request::Stop).await.is_ok() {
            self.requests.closed().await;
        }
    }
}

trait Job: Send {
    /// Whether it must survive a loss of power.
    fn is_synced(&self) -> bool;
    fn work(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, result: Result<(), Error>);
}

struct Call<T, W, C> {
    work: Option<W>,
    committed: C,
    synced: bool,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<T, W, C> Job for Call<T, W, C>
where
    T: Send,
    W: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    C: FnOnce(&T) + Send,
{
    fn is_synced(&self) -> bool {
        self.synced
    }

    fn work(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(work) = self.work.take() {
            self.value = Some(work(connection)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, result: Result<(), Error>) {
        let value = self.value.ok_or_else(|| Error::Storage("the write was not run".to_owned()));
        let result = result.and(value);
        if let Ok(value) = &result {
            (self.committed)(value);
        }
        // A caller that went away needs no answer.
        drop(self.reply.send(result));
    }
}

struct Thread {
    connection: Connection,
    /// Whether a commit is synced at the moment.
    synced: Cell<bool>,
    path: PathBuf,
    original: Metadata,
    commits: Arc<AtomicU64>,
    /// Unlocked when the thread ends and the file is closed.
    _lock: File,
}

impl Thread {
    fn run(self, mut requests: mpsc::Receiver<Request>) {
        let mut running = true;
        while running {
            let mut next = requests.blocking_recv();
            running = next.is_some();
            let mut jobs = Vec::new();
            while let Some(request) = next.take() {
                match request {
                    Request::Run(job) => jobs.push(job),
                    Request::Stop => running = false,
                }
                if running && jobs.len() < GROUP {
                    next = requests.try_recv().ok();
                }
            }
            self.group(jobs);
        }
        // In this order: whoever sees the channel closed may open the file.
        drop(self);
        drop(requests);
    }

    fn group(&self, mut jobs: Vec<Box<dyn Job>>) {
        if jobs.is_empty() {
            return;
        }
        let mut results = Vec::with_capacity(jobs.len());
        let committed = self.transaction(&mut jobs, &mut results);
        if committed.is_err() && !self.connection.is_autocommit() {
            // If even this fails, the next BEGIN says so to its callers.
            drop(self.connection.execute_batch("ROLLBACK"));
        }
        let mut results = results.into_iter();
        for job in jobs {
            job.answer(committed.clone().and(results.next().unwrap_or(Ok(()))));
        }
    }

    /// Fills in each job's own result; all are void if this one is an error.
    fn transaction(
        &self,
        jobs: &mut [Box<dyn Job>],
        results: &mut Vec<Result<(), Error>>,
    ) -> Result<(), Error> {
        self.check_file()?;
        self.sync(jobs.iter().any(|job| job.is_synced()))?;
        self.execute("BEGIN IMMEDIATE")?;
        for job in jobs {
            self.execute("SAVEPOINT job")?;
            let result = job.work(&self.connection);
            if self.connection.is_autocommit() {
                // A full disk, for one, rolls the whole transaction back.
                return Err(result
                    .err()
                    .map_or_else(|| Error::Storage("rolled back".to_owned()), Error::from));
            }
            if result.is_err() {
                self.execute("ROLLBACK TO job")?;
            }
            self.execute("RELEASE job")?;
            results.push(result.map_err(Error::from));
        }
        self.execute("COMMIT")?;
        if self.synced.get() {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn sync(&self, synced: bool) -> Result<(), Error> {
        if self.synced.get() != synced {
            self.connection.pragma_update(None, "synchronous", if synced { "FULL" } else { "NORMAL" })?;
            self.synced.set(synced);
        }
        Ok(())
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// SQLite would go on writing to a deleted file, and all that would end with the process.
    fn check_file(&self) -> Result<(), Error> {
        if same_file(&self.original, &std::fs::metadata(&self.path)?) {
            return Ok(());
        }
        Err(Error::Storage(format!("{} was replaced by another file", self.path.display())))
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}
