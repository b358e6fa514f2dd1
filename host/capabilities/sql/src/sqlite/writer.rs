//! The writing thread: group commit.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::timeout_at;

use super::error::{map, map_commit};
use super::link::{Link, Role};
use super::outbox::{self, Place};
use super::ticket::Ticket;
use super::{Shared, thread, transact};
use crate::guard::Prepared;
use crate::{Error, Outcome};

/// Transactions of one commit.
const BATCH: usize = 256;
/// How long a batch may take up further transactions, so that the first one doesn't wait for ever.
const BATCH_TIME: Duration = Duration::from_millis(10);

/// What is to be written.
#[derive(Debug)]
pub(super) enum Work {
    /// A service's transaction.
    Transact(Box<Prepared>),
    /// Deletes these rows of the outbox.
    Forget(Vec<Place>),
}

#[derive(Debug)]
struct Job {
    work: Work,
    deadline: Instant,
    ticket: Arc<Ticket>,
    reply: oneshot::Sender<Result<Outcome, Error>>,
}

impl Job {
    /// Whether it must survive a loss of power. Events that were published but not forgotten are published once
    /// more, and the bus knows them.
    fn is_synced(&self) -> bool {
        matches!(self.work, Work::Transact(_))
    }

    fn answer(self, result: Result<Outcome, Error>) {
        // The caller may have stopped waiting.
        let _ = self.reply.send(result);
    }
}

/// Hands work to the writing thread. It ends when all copies are dropped.
#[derive(Clone, Debug)]
pub(super) struct Submit(async_channel::Sender<Job>);

impl Submit {
    /// Returns after the commit, or at the deadline.
    pub(super) async fn submit(&self, work: Work, deadline: Instant) -> Result<Outcome, Error> {
        let (reply, answer) = oneshot::channel();
        let ticket = Arc::new(Ticket::new());
        let job = Job { work, deadline, ticket: Arc::clone(&ticket), reply };
        let waited = timeout_at(deadline.into(), async {
            if self.0.send(job).await.is_err() {
                return Err(Error::Unavailable("the database was closed".into()));
            }
            match answer.await {
                Ok(result) => result,
                Err(_) if ticket.abandon() => Err(Error::Unavailable("the database was closed".into())),
                Err(_) => Err(Error::OutcomeUnknown),
            }
        });
        match waited.await {
            Ok(result) => result,
            Err(_) if ticket.abandon() => Err(Error::Timeout),
            Err(_) => Err(Error::OutcomeUnknown),
        }
    }
}

pub(super) fn start(shared: Arc<Shared>, link: Link) -> Result<Submit, Error> {
    let (sender, jobs) = async_channel::bounded(shared.options.queue.max(1));
    let mut writer = Writer { shared, jobs, link: Some(link), purge: 0, alone: 0 };
    thread::start(format!("sql-write-{}", writer.shared.service), move || writer.serve())?;
    Ok(Submit(sender))
}

struct Writer {
    shared: Arc<Shared>,
    jobs: async_channel::Receiver<Job>,
    link: Option<Link>,
    /// How many expired keys the next batch deletes: somewhat more than the last one added.
    purge: usize,
    /// How many of the next jobs get a commit for themselves, after one of a batch had spoilt it.
    alone: usize,
}

/// How a job ended that has not been answered yet.
enum Ran {
    /// It has a place in the batch: its answer waits for the commit, since even a refusal may rest on
    /// what others of the batch wrote.
    Done(Result<Outcome, Error>),
    /// Its caller has gone.
    Skipped,
    /// It took the whole batch down: SQLite rolls everything back after an interruption or a fault.
    Spoilt(Error),
}

impl Writer {
    fn serve(&mut self) {
        let mut waiting = VecDeque::new();
        while let Ok(job) = self.jobs.recv_blocking() {
            waiting.push_back(job);
            while !waiting.is_empty() {
                self.batch(&mut waiting);
            }
        }
    }

    /// Runs what waits in one storage transaction and answers it. What is still waiting afterwards has to
    /// run again.
    fn batch(&mut self, waiting: &mut VecDeque<Job>) {
        while waiting.len() < BATCH
            && let Ok(job) = self.jobs.try_recv()
        {
            waiting.push_back(job);
        }
        let synced = waiting.iter().any(Job::is_synced);
        let link = match self.begin(synced) {
            Ok(link) => link,
            Err(error) => {
                waiting.drain(..).for_each(|job| job.answer(Err(error.clone())));
                return;
            }
        };
        let started = Instant::now();
        let mut done: Vec<(Job, Result<Outcome, Error>)> = Vec::new();
        while let Some(job) = self.next(waiting, done.len(), started) {
            if job.is_synced() && !synced {
                waiting.push_front(job);
                break;
            }
            match self.run(&link, &job) {
                Ran::Done(result) => done.push((job, result)),
                Ran::Skipped => {}
                Ran::Spoilt(error) => {
                    self.keep_unless_sick(link, &error);
                    job.answer(Err(error));
                    requeue(done, waiting);
                    return;
                }
            }
        }
        self.commit(link, done, waiting);
    }

    /// A connection inside a new transaction.
    fn begin(&mut self, synced: bool) -> Result<Link, Error> {
        let link = self.link.take().filter(|link| link.is_current(&self.shared.path));
        let link = link.map_or_else(|| Link::open(&self.shared, Role::Writer), Ok)?;
        link.sync(synced)?;
        link.execute("BEGIN IMMEDIATE")?;
        let purge = std::mem::take(&mut self.purge);
        if purge > 0 {
            let now = self.shared.options.clock.micros();
            if let Err(error) = transact::purge(&link.connection, now, purge) {
                tracing::debug!(service = self.shared.service, %error, "expired keys stay for now");
            }
            if link.connection.is_autocommit() {
                link.execute("BEGIN IMMEDIATE")?;
            }
        }
        Ok(link)
    }

    fn next(&mut self, waiting: &mut VecDeque<Job>, done: usize, started: Instant) -> Option<Job> {
        if self.alone > 0 {
            if done > 0 {
                return None;
            }
            self.alone -= 1;
            return waiting.pop_front();
        }
        waiting.pop_front().or_else(|| {
            let room = done < BATCH && started.elapsed() < BATCH_TIME;
            room.then(|| self.jobs.try_recv().ok()).flatten()
        })
    }

    fn run(&self, link: &Link, job: &Job) -> Ran {
        if job.reply.is_closed() || !job.ticket.begin() {
            return Ran::Skipped;
        }
        if Instant::now() >= job.deadline {
            return Ran::Done(Err(Error::Timeout));
        }
        let result =
            link.execute("SAVEPOINT job").and_then(|()| link.until(job.deadline, || self.work(link, job)));
        if link.connection.is_autocommit() {
            return Ran::Spoilt(result.err().unwrap_or_else(|| Error::Unavailable("rolled back".into())));
        }
        match result {
            Err(error @ Error::Unavailable(_)) => Ran::Spoilt(error),
            Ok(outcome @ Outcome::Committed(_)) if job.ticket.release() => {
                end(link, "RELEASE job", Ok(outcome))
            }
            // The caller was told just now that nothing happened.
            Ok(Outcome::Committed(_)) => end(link, "ROLLBACK TO job; RELEASE job", Err(Error::Timeout)),
            other => end(link, "ROLLBACK TO job; RELEASE job", other),
        }
    }

    fn work(&self, link: &Link, job: &Job) -> Result<Outcome, Error> {
        match &job.work {
            Work::Transact(prepared) => transact::run(&link.connection, prepared, &self.shared),
            Work::Forget(places) => {
                outbox::delete(&link.connection, places).map(|()| Outcome::Committed(Vec::new())).map_err(map)
            }
        }
    }

    fn commit(&mut self, link: Link, done: Vec<(Job, Result<Outcome, Error>)>, waiting: &mut VecDeque<Job>) {
        fail::fail_point!("sql::before-commit");
        match link.try_execute("COMMIT") {
            Ok(()) => {
                self.link = Some(link);
                self.count(&done);
                fail::fail_point!("sql::after-commit");
                for (job, result) in done {
                    job.answer(result);
                }
            }
            Err(error) => {
                let error = map_commit(error);
                tracing::warn!(service = self.shared.service, %error, transactions = done.len(), "a commit failed");
                // A constraint that is checked only now: one of them breaks it, the others are innocent.
                if matches!(error, Error::ForeignKey(_)) && done.len() > 1 {
                    self.alone = done.len();
                    self.keep_unless_sick(link, &error);
                    requeue(done, waiting);
                } else {
                    self.keep_unless_sick(link, &error);
                    for (job, _) in done {
                        job.answer(Err(error.clone()));
                    }
                }
            }
        }
    }

    fn count(&mut self, done: &[(Job, Result<Outcome, Error>)]) {
        let (mut wrote, mut events) = (false, false);
        for (job, result) in done {
            match (&job.work, result) {
                (Work::Transact(prepared), Ok(Outcome::Committed(_))) => {
                    wrote = true;
                    events |= !prepared.events.is_empty();
                    self.purge += if prepared.once.is_some() { 2 } else { 0 };
                    self.shared.statistics.commits.add(1);
                }
                (Work::Transact(_), Ok(Outcome::Duplicate(_))) => self.shared.statistics.duplicates.add(1),
                (Work::Forget(..), _) | (_, Err(_)) => {}
            }
        }
        if wrote {
            self.shared.statistics.batches.add(1);
        }
        if events {
            self.shared.committed.notify_one();
        }
    }

    /// Rolls back what is open. After a fault the file is opened anew by the next batch.
    fn keep_unless_sick(&mut self, link: Link, error: &Error) {
        let rolled_back = link.connection.is_autocommit() || link.execute("ROLLBACK").is_ok();
        let sick = matches!(error, Error::Unavailable(_) | Error::OutcomeUnknown);
        if rolled_back && !sick {
            self.link = Some(link);
        }
    }
}

/// Puts jobs back to the front, in their order.
fn requeue(done: Vec<(Job, Result<Outcome, Error>)>, waiting: &mut VecDeque<Job>) {
    done.into_iter().rev().for_each(|(job, _)| waiting.push_front(job));
}

/// Ends the job's savepoint.
fn end(link: &Link, commands: &str, result: Result<Outcome, Error>) -> Ran {
    match commands.split("; ").try_for_each(|command| link.execute(command)) {
        Ok(()) => Ran::Done(result),
        Err(error) => Ran::Spoilt(error),
    }
}
