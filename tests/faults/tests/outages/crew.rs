//! People who do everything at once, and what they were told.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lyceum_end_to_end::client::{Credentials, Person};
use lyceum_end_to_end::harness::Lyceum;
use lyceum_end_to_end::poll::{PATIENCE, until};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::work::{Kind, Task, is_done};

/// How soon somebody asks again who was refused, or refusals would be all that there is.
const REFUSED: Duration = Duration::from_millis(100);

/// One request's time and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) kind: Kind,
    pub(crate) begun: Instant,
    pub(crate) took: Duration,
    pub(crate) done: bool,
}

/// What was asked for, over all rounds.
pub(crate) struct Crew {
    /// How every address begins.
    pub(crate) prefix: String,
    client: lyceum_end_to_end::client::Client,
    credentials: Credentials,
    next: AtomicUsize,
    tasks: Mutex<Vec<(Task, bool)>>,
    attempts: Mutex<Vec<Attempt>>,
}

/// Ends when it is told to.
pub(crate) struct Working {
    workers: JoinSet<Result<()>>,
    enough: Arc<AtomicBool>,
}

impl Crew {
    pub(crate) async fn new(lyceum: &Lyceum) -> Result<Arc<Self>> {
        let client = lyceum.client()?;
        let person = client.newcomer("Worker").await?;
        Ok(Arc::new(Self {
            prefix: format!("s{}", Uuid::now_v7().simple()),
            credentials: person.credentials,
            client,
            next: AtomicUsize::new(0),
            tasks: Mutex::default(),
            attempts: Mutex::default(),
        }))
    }

    /// The person who does it all, signed in anew: a token lives for a quarter of an hour.
    pub(crate) async fn person(&self) -> Result<Person> {
        // An instance of the gateway that could not ask for the keys just now doesn't ask again for a second.
        until("somebody can sign in", PATIENCE, || async {
            Ok(self.client.sign_in(&self.credentials).await.ok())
        })
        .await
    }

    /// Starts one worker for each kind of work.
    pub(crate) async fn start(self: &Arc<Self>) -> Result<Working> {
        let person = self.person().await?;
        let (mut workers, enough) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        for kind in Kind::ALL {
            let (crew, person, enough) = (Arc::clone(self), person.clone(), Arc::clone(&enough));
            workers.spawn(async move {
                while !enough.load(Ordering::Relaxed) {
                    let task = Task { kind, number: crew.next.fetch_add(1, Ordering::Relaxed) };
                    if !crew.attempt(&person, &task).await? {
                        tokio::time::sleep(REFUSED).await;
                    }
                }
                Ok(())
            });
        }
        Ok(Working { workers, enough })
    }

    async fn attempt(&self, person: &Person, task: &Task) -> Result<bool> {
        let begun = Instant::now();
        let answer = task.ask(person, &self.prefix).await?;
        let took = begun.elapsed();
        let done = is_done(&answer).with_context(|| format!("{task:?} after {took:?}"))?;
        locked(&self.tasks).push((task.clone(), done));
        locked(&self.attempts).push(Attempt { kind: task.kind, begun, took, done });
        Ok(done)
    }

    /// The attempts at this kind of work that began since then.
    pub(crate) fn attempts(&self, kind: Kind, since: Instant) -> Vec<Attempt> {
        let all = locked(&self.attempts);
        all.iter().filter(|attempt| attempt.kind == kind && attempt.begun >= since).cloned().collect()
    }

    /// What was asked for, and whether it was acknowledged.
    pub(crate) fn tasks(&self, kind: Kind) -> Vec<(Task, bool)> {
        locked(&self.tasks).iter().filter(|(task, _)| task.kind == kind).cloned().collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Working {
    /// Whether a worker has ended because of a wrong answer: that answer.
    pub(crate) fn look(&mut self) -> Result<()> {
        match self.workers.try_join_next() {
            None => Ok(()),
            Some(ended) => ended?.context("a worker ended"),
        }
    }

    /// Begins nothing new and waits for what is under way.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.enough.store(true, Ordering::Relaxed);
        while let Some(ended) = self.workers.join_next().await {
            ended??;
        }
        Ok(())
    }
}
