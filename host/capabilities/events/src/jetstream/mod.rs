//! The bus on NATS JetStream, shared by any number of hosts.
//!
//! Four streams make up a bus, named after the application:
//! - `<application>-events`, the log. An event's message id is its id, and its subject is
//!   `<application>.events.<partition>.<bucket>.<kind>`; both numbers are a hash of the aggregate's id.
//! - `<application>-progress`, one small message for each consumer and partition: up to where everything is
//!   finished, and which aggregates stand elsewhere.
//! - `<application>-dead-letters`, one message for each event that a consumer gave up, the event within.
//! - `<application>-live`, messages to live channels, for two minutes.
//!
//! At any time one host delivers a consumer's partition. Hosts tell each other by heartbeats that they are there, and
//! share the partitions out evenly. What keeps this safe is not the heartbeats: progress is only ever written over
//! the progress that was read (`Nats-Expected-Last-Subject-Sequence`), so a host that was away too long, and comes back,
//! finds that it may not write, and stops. Until then it may deliver events that another host delivers as well,
//! each of the two in order.
//!
//! Why a consumer's progress is not kept by JetStream's own acknowledgements is told in
//! `docs/decisions/0009-jetstream-is-the-log.md`.

mod beginning;
mod connection;
mod consumer;
mod dead_letters;
mod ledger;
mod live;
mod members;
mod message;
mod names;
mod newest;
mod progress;
mod publish;
mod reading;
mod restore;
mod rewind;
mod server;
mod store;
mod tail;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use futures::future::join_all;
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, timeout, timeout_at};

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::live::LiveListener;
use crate::options::{Observer, Start, Subscription};
use crate::statistics::ConsumerStatistics;
use crate::{Event, EventBus, Handler, PublishError, Publisher, ticks};
use consumer::Consumer;
pub use ledger::JetStreamLedger;
use members::Members;
pub(crate) use restore::JetStreamTarget;
use server::Server;

/// How long the server may take to be there before consumers begin without it.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How a bus on JetStream works.
#[derive(Clone)]
pub struct JetStreamOptions {
    /// How long a host may say nothing before others take its partitions over. Default 1.5 s.
    pub expiry: Duration,
    /// How long progress may wait to be written together with other progress. A crash repeats at
    /// most what was handled in this time. Default 50 ms.
    pub progress_interval: Duration,
    /// How long shutdown waits for running handlers. Default 10 s.
    pub shutdown_grace: Duration,
    /// Drives ticks and backoff.
    pub clock: Arc<dyn Clock>,
    /// Told about every handled event.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Default for JetStreamOptions {
    fn default() -> Self {
        Self {
            expiry: Duration::from_millis(1500),
            progress_interval: Duration::from_millis(50),
            shutdown_grace: Duration::from_secs(10),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }
}

/// A host's part of a bus on JetStream.
///
/// Dropping it ends everything at once, as a crash would. [`JetStreamBus::shutdown`] ends it in order.
pub struct JetStreamBus {
    server: Arc<Server>,
    members: Arc<Members>,
    options: JetStreamOptions,
    consumers: Mutex<BTreeMap<String, Registered>>,
    tasks: Mutex<Vec<AbortHandle>>,
    stop: watch::Sender<bool>,
    /// The newest minute, once ticks are wanted.
    now: watch::Sender<Option<SystemTime>>,
    /// Until when new consumers wait for the server, so that they begin with what comes from then on.
    patience_ends: Instant,
}

struct Registered {
    consumer: Arc<Consumer>,
    task: JoinHandle<()>,
    ticks: Vec<JoinHandle<()>>,
}

impl JetStreamBus {
    /// Prepares to use the servers that `url` names, such as `nats://user:password@one:4222,two:4222?replicas=3`
    /// (`tls://` for TLS). That no server answers yet is no error: publishing fails and nothing is
    /// delivered until one does. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Address`] if the URL can't be used.
    pub async fn connect(
        url: &str,
        application: &str,
        options: JetStreamOptions,
    ) -> Result<Arc<Self>, Error> {
        let server = Server::connect(url, application).await?;
        let members = Members::new(server.names.members.clone(), options.expiry);
        let tasks = [
            tokio::spawn(Arc::clone(&server).prepare()),
            tokio::spawn(Arc::clone(&members).run(Arc::clone(&server))),
        ];
        Ok(Arc::new(Self {
            server,
            members,
            options,
            consumers: Mutex::default(),
            tasks: Mutex::new(tasks.iter().map(JoinHandle::abort_handle).collect()),
            stop: watch::Sender::new(false),
            now: watch::Sender::new(None),
            patience_ends: Instant::now() + TIMEOUT,
        }))
    }

    /// The log and the dead letters.
    pub fn ledger(&self) -> JetStreamLedger {
        JetStreamLedger::new(Arc::clone(&self.server))
    }
}

#[async_trait]
impl Publisher for JetStreamBus {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        if *self.stop.borrow() {
            return Err(PublishError(Error::ShutDown.to_string()));
        }
        let (events, messages) = crate::live::split(events);
        self.server.publish(events).await?;
        self.server.tell(messages).await
    }
}

#[async_trait]
impl EventBus for JetStreamBus {
    /// With several hosts each handles a part of the events, so `concurrency` is each host's own. A consumer that is to
    /// begin with what comes begins now if the server is there, which is waited for a little, or else when it is.
    async fn subscribe(&self, subscription: Subscription, handler: Arc<dyn Handler>) -> Result<(), Error> {
        let name = subscription.consumer.clone();
        let units = ticks::wanted(&subscription);
        let subscription = ticks::without(subscription);
        let begins_now = subscription.start == Start::Now
            || subscription.starts.values().any(|start| *start == Start::Now);
        if begins_now {
            match timeout_at(self.patience_ends, self.server.begin(&subscription)).await {
                Ok(Ok(())) => {}
                late => {
                    tracing::debug!(consumer = name, ?late, "the consumer begins once the server is there");
                }
            }
        }
        let mut consumers = locked(&self.consumers);
        if consumers.contains_key(&name) {
            return Err(Error::AlreadySubscribed(name));
        }
        let consumer = Arc::new(Consumer::new(
            Arc::clone(&self.server),
            Arc::clone(&self.members),
            self.options.clone(),
            subscription,
            handler,
        ));
        let lane = |unit| consumer.tick_lane(unit, self.now.subscribe(), self.stop.subscribe());
        let ticks = units.into_iter().filter_map(lane).map(|lane| tokio::spawn(lane.run())).collect();
        let task = tokio::spawn(Arc::clone(&consumer).run(self.stop.subscribe()));
        consumers.insert(name.clone(), Registered { consumer, task, ticks });
        self.members.add_consumer(&name);
        Ok(())
    }

    fn spawn_ticks(&self) {
        let clock = Arc::clone(&self.options.clock);
        let task = tokio::spawn(ticks::run(self.now.clone(), clock));
        locked(&self.tasks).push(task.abort_handle());
    }

    fn listen(&self, listener: Arc<dyn LiveListener>) {
        let task = tokio::spawn(live::run(Arc::clone(&self.server), listener));
        locked(&self.tasks).push(task.abort_handle());
    }

    async fn caught_up(&self) {
        let consumers: Vec<_> =
            locked(&self.consumers).values().map(|registered| Arc::clone(&registered.consumer)).collect();
        for consumer in consumers {
            consumer.caught_up().await;
        }
    }

    fn statistics(&self) -> Vec<ConsumerStatistics> {
        locked(&self.consumers).values().map(|registered| registered.consumer.statistics()).collect()
    }

    async fn ping(&self, patience: Duration) -> Result<(), Error> {
        self.server.ping(patience).await
    }

    async fn shutdown(&self) {
        self.stop.send_replace(true);
        let consumers = std::mem::take(&mut *locked(&self.consumers));
        let (mut tasks, mut ticks) = (Vec::new(), Vec::new());
        for registered in consumers.into_values() {
            tasks.push(registered.task);
            ticks.extend(registered.ticks);
        }
        let unfinished: Vec<_> = ticks.iter().map(JoinHandle::abort_handle).collect();
        drop(tokio::join!(join_all(tasks), timeout(self.options.shutdown_grace, join_all(ticks))));
        unfinished.iter().for_each(AbortHandle::abort);
        for task in locked(&self.tasks).drain(..) {
            task.abort();
        }
        self.members.leave(&self.server).await;
    }
}

impl Drop for JetStreamBus {
    fn drop(&mut self) {
        for task in locked(&self.tasks).drain(..) {
            task.abort();
        }
        for registered in locked(&self.consumers).values() {
            registered.task.abort();
            registered.ticks.iter().for_each(JoinHandle::abort);
        }
    }
}

/// The partition that an aggregate's events are in.
pub(crate) fn partition(aggregate_id: &str) -> u8 {
    names::place(aggregate_id).0
}

/// Told to look for replays.
type Nudge = Arc<Notify>;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds these locks can leave them half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
