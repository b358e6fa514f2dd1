//! The durable bus inside one process: a log in one SQLite file, and a task for each subscriber.

mod ledger;
mod listeners;
mod log;
mod progress;
mod restore;
mod retention;
mod rewind;
mod schema;
mod shared;
mod store;
mod writer;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use futures::future::join_all;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::delivery::{Driver, End, Pace, TickLane};
use crate::error::Error;
use crate::live::{LiveHere, LiveListener};
use crate::options::{Options, Subscription};
use crate::statistics::{ConsumerStatistics, Counters};
use crate::ticks::{self, Unit};
use crate::{Event, EventBus, Handler, PublishError, Publisher};
pub use ledger::{Blocked, DeadLetter, EventFilter, EventRecord, Ledger, Page};
pub(crate) use ledger::{letter_cursor, page};
pub(crate) use restore::FileTarget;

use listeners::Listeners;
use shared::Shared;
use store::FileStore;
use writer::Writer;

/// Blocked aggregates that a consumer holds before it reads no further.
const LANES: usize = 8192;
/// Between attempts to begin anew.
const RETRY: Duration = Duration::from_millis(250);

/// The bus of one process.
///
/// Dropping it ends everything at once, as a crash would: what was published is kept, what was
/// handled in the last moments is delivered again. [`Bus::shutdown`] ends it in order.
pub struct Bus {
    shared: Arc<Shared>,
    subscribers: Mutex<BTreeMap<String, Registered>>,
    tasks: Mutex<Vec<AbortHandle>>,
    stop: watch::Sender<bool>,
    /// The newest minute, once ticks are wanted.
    now: watch::Sender<Option<SystemTime>>,
    /// In one process it is always its turn.
    is_turn: watch::Sender<bool>,
    live: LiveHere,
}

struct Registered {
    subscriber: Subscriber,
    /// Whether the consumer's state lives in memory.
    is_replayed: bool,
    replay_asked: Arc<Notify>,
    task: JoinHandle<()>,
    ticks: Vec<JoinHandle<()>>,
}

/// One subscription, as its owner sees it.
#[derive(Clone)]
pub struct Subscriber {
    at_start: i64,
    floor: watch::Receiver<i64>,
    consumer: String,
    head: watch::Receiver<i64>,
    counters: Arc<Counters>,
}

impl Bus {
    /// Opens the file, such as `data/events.db`, and makes it when it is missing. Only one process
    /// at a time may have it open; a second one gets [`Error::InUse`]. Blocks, at most a little
    /// longer than `lock_wait`.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Arc<Self>, Error> {
        let path = path.as_ref();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let writer = Writer::start(path, lock(path, options.lock_wait)?)?;
        let head = log::head(&schema::open(path)?)?;
        let listeners = Arc::new(Listeners::new(head));
        let shared = Shared { path: path.to_owned(), options, writer, listeners };
        Ok(Arc::new(Self {
            shared: Arc::new(shared),
            subscribers: Mutex::default(),
            tasks: Mutex::default(),
            stop: watch::Sender::new(false),
            now: watch::Sender::new(None),
            is_turn: watch::Sender::new(true),
            live: LiveHere::new(),
        }))
    }

    /// Begins to deliver events to `handler`, from where the consumer stood. Must be called inside
    /// a tokio runtime.
    pub async fn subscribe(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
    ) -> Result<Subscriber, Error> {
        let consumer = subscription.consumer.clone();
        if locked(&self.subscribers).contains_key(&consumer) {
            return Err(Error::AlreadySubscribed(consumer));
        }
        let units = ticks::wanted(&subscription);
        let subscription = ticks::without(subscription);
        let store = FileStore::open(&self.shared, &consumer, &subscription.kinds)?;
        let (driver, subscriber) = self.driver(subscription, handler, store).await?;
        let replay_asked = driver.replay_asked.clone();
        // Started under the lock, so that of two callers with one name only one has a task.
        let mut subscribers = locked(&self.subscribers);
        if subscribers.contains_key(&consumer) {
            return Err(Error::AlreadySubscribed(consumer));
        }
        let ticks = units.into_iter().map(|unit| tokio::spawn(self.tick_lane(unit, &driver).run())).collect();
        let is_replayed = driver.subscription.replay_at_start.is_some();
        let task = tokio::spawn(deliver(driver, Arc::clone(&self.shared)));
        let registered =
            Registered { subscriber: subscriber.clone(), is_replayed, replay_asked, task, ticks };
        subscribers.insert(consumer, registered);
        Ok(subscriber)
    }

    async fn driver(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        store: FileStore,
    ) -> Result<(Driver, Subscriber), Error> {
        let progress = self.shared.register(&subscription).await?;
        let counters = Arc::new(Counters::default());
        counters.floor.store(progress.floor, std::sync::atomic::Ordering::Relaxed);
        let floor = watch::Sender::new(progress.floor);
        let head = store.head();
        let at_start = *head.borrow();
        let subscriber = Subscriber {
            at_start,
            floor: floor.subscribe(),
            consumer: subscription.consumer.clone(),
            head,
            counters: counters.clone(),
        };
        let options = &self.shared.options;
        let driver = Driver {
            store: Arc::new(store),
            gate: Arc::new(Semaphore::new(subscription.concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            subscription,
            handler,
            counters,
            clock: options.clock.clone(),
            observer: options.observer.clone(),
            pace: Pace {
                progress_interval: options.progress_interval,
                poll_interval: options.poll_interval,
                shutdown_grace: options.shutdown_grace,
                lanes: LANES,
            },
            replay_asked: Arc::default(),
            stop: self.stop.subscribe(),
            floor,
            progress,
        };
        Ok((driver, subscriber))
    }

    fn tick_lane(&self, unit: Unit, driver: &Driver) -> TickLane {
        TickLane {
            unit,
            subscription: driver.subscription.clone(),
            handler: Arc::clone(&driver.handler),
            counters: Arc::clone(&driver.counters),
            clock: Arc::clone(&driver.clock),
            observer: driver.observer.clone(),
            gate: Arc::clone(&driver.gate),
            now: self.now.subscribe(),
            is_turn: self.is_turn.subscribe(),
            stop: self.stop.subscribe(),
        }
    }

    /// Begins to deliver the events of time: see [`EventBus::spawn_ticks`]. Must be called inside a tokio runtime.
    pub fn spawn_ticks(&self) {
        let clock = self.shared.options.clock.clone();
        let task = tokio::spawn(ticks::run(self.now.clone(), clock));
        locked(&self.tasks).push(task.abort_handle());
    }

    /// How each consumer is doing.
    pub fn statistics(&self) -> Vec<ConsumerStatistics> {
        locked(&self.subscribers).values().map(|registered| registered.subscriber.statistics()).collect()
    }

    /// Transactions committed since the file was opened. Each is one sync to disk, shared by all
    /// that published or made progress meanwhile.
    pub fn commits(&self) -> u64 {
        self.shared.writer.commits()
    }

    /// The log and the dead letters. The same works from another process, by [`Ledger::open`].
    pub fn ledger(&self) -> Result<Ledger, Error> {
        Ledger::open(&self.shared.path)
    }

    /// Looks for replays asked for through a [`Ledger`] now, not at the next poll.
    pub fn look_for_replays(&self) {
        for registered in locked(&self.subscribers).values() {
            registered.replay_asked.notify_one();
        }
    }

    /// Removes old events in the background, when the options say so.
    pub fn spawn_retention(&self) {
        if let Some(age) = self.shared.options.retention {
            let task = tokio::spawn(retention::run(self.shared.clone(), age));
            locked(&self.tasks).push(task.abort_handle());
        }
    }

    /// Hands out nothing more, waits for running handlers (at most `shutdown_grace`), writes all
    /// progress and closes the file. Publishing fails from then on.
    pub async fn shutdown(&self) {
        for task in locked(&self.tasks).drain(..) {
            task.abort();
        }
        self.stop.send_replace(true);
        let subscribers = std::mem::take(&mut *locked(&self.subscribers));
        let (mut tasks, mut ticks) = (Vec::new(), Vec::new());
        for registered in subscribers.into_values() {
            tasks.push(registered.task);
            ticks.extend(registered.ticks);
        }
        let unfinished: Vec<_> = ticks.iter().map(JoinHandle::abort_handle).collect();
        let grace = self.shared.options.shutdown_grace;
        drop(tokio::join!(join_all(tasks), tokio::time::timeout(grace, join_all(ticks))));
        unfinished.iter().for_each(AbortHandle::abort);
        self.shared.writer.stop().await;
    }
}

#[async_trait]
impl Publisher for Bus {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        let (events, messages) = crate::live::split(events);
        self.shared.publish(events).await?;
        self.live.tell(messages);
        Ok(())
    }
}

#[async_trait]
impl EventBus for Bus {
    async fn subscribe(&self, subscription: Subscription, handler: Arc<dyn Handler>) -> Result<(), Error> {
        Self::subscribe(self, subscription, handler).await.map(drop)
    }

    fn spawn_ticks(&self) {
        Self::spawn_ticks(self);
    }

    fn listen(&self, listener: Arc<dyn LiveListener>) {
        self.live.listen(listener);
    }

    async fn caught_up(&self) {
        let replayed: Vec<_> = locked(&self.subscribers)
            .values()
            .filter(|registered| registered.is_replayed)
            .map(|registered| registered.subscriber.clone())
            .collect();
        for mut subscriber in replayed {
            if !subscriber.caught_up().await {
                return std::future::pending().await;
            }
        }
    }

    fn statistics(&self) -> Vec<ConsumerStatistics> {
        Self::statistics(self)
    }

    async fn ping(&self, _: Duration) -> Result<(), Error> {
        // It is in this process.
        Ok(())
    }

    async fn shutdown(&self) {
        Self::shutdown(self).await;
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for task in locked(&self.tasks).drain(..) {
            task.abort();
        }
        for registered in locked(&self.subscribers).values() {
            registered.task.abort();
            registered.ticks.iter().for_each(JoinHandle::abort);
        }
    }
}

impl Subscriber {
    /// Returns once everything that was in the log when this consumer subscribed is finished, or
    /// waits behind a failed event. `false` when the bus ended before.
    pub async fn caught_up(&mut self) -> bool {
        let at_start = self.at_start;
        self.floor.wait_for(|floor| *floor >= at_start).await.is_ok()
    }

    /// How this consumer is doing.
    pub fn statistics(&self) -> ConsumerStatistics {
        self.counters.snapshot(&self.consumer, *self.head.borrow())
    }
}

/// Delivers until told to stop. A consumer that an operator rewinds begins anew.
async fn deliver(mut driver: Driver, shared: Arc<Shared>) {
    loop {
        let again = driver.clone();
        if driver.run().await == End::Stopped {
            return;
        }
        let consumer = &again.subscription.consumer;
        tracing::info!(consumer, "delivers events again, as an operator wishes");
        let progress = loop {
            match shared.register(&again.subscription).await {
                Ok(progress) => break progress,
                Err(error) => {
                    tracing::warn!(consumer, %error, "progress can't be read");
                    tokio::time::sleep(RETRY).await;
                }
            }
        };
        driver = Driver { progress, ..again };
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds these locks can leave them half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes sure that no other process delivers from the file: both would deliver everything.
fn lock(path: &Path, wait: Duration) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::create(Path::new(&name))?;
    let deadline = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(Error::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
}
