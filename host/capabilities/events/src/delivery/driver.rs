//! The task behind a subscription: reads the log, hands events out, writes progress.

mod ending;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::lanes::{Handed, Lanes, Task};
use super::outage::Outage;
use super::progress::{Progress, Update};
use super::record::{Logged, Slice};
use super::store::{Pace, Pending, Replays, Reread, Store, Wanted};
use super::waiting::{joined, joined_or_none, pending, until};
use crate::clock::{Clock, micros};
use crate::error::Error;
use crate::options::{Observer, Subscription};
use crate::starts::{is_named, wants};
use crate::statistics::Counters;
use crate::{Delivery, Failure, Handler};

/// Events held in memory that no handler has yet.
const WINDOW: usize = 2048;
/// Bytes of their bodies.
const WINDOW_BYTES: usize = 32 << 20;
/// Events read from the log at once.
const PART: usize = 512;
/// Lanes read again at once.
const LANES_AT_ONCE: usize = 16;
/// Positions above the floor in which events may have been handed out before a crash.
const WINDOW_POSITIONS: i64 = 4096;
/// Replays in memory.
const REPLAYS: usize = 64;
/// Between attempts to read or write a store that fails.
const STORAGE_RETRY: Duration = Duration::from_millis(250);

/// What a handler's end brings back.
struct Ended {
    handed: Handed,
    kind: String,
    published_at: i64,
    result: Result<(), Failure>,
}

/// What a driver works with.
#[derive(Clone)]
pub(crate) struct Driver {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) subscription: Subscription,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) pace: Pace,
    /// As many permits as handlers may run at once.
    pub(crate) gate: Arc<Semaphore>,
    /// Told when a replay was asked for.
    pub(crate) replay_asked: Arc<Notify>,
    pub(crate) stop: watch::Receiver<bool>,
    /// Every event at or below is finished, or its aggregate is blocked.
    pub(crate) floor: watch::Sender<i64>,
    /// Where the consumer stands at the start.
    pub(crate) progress: Progress,
}

/// Why a driver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was told to stop.
    Stopped,
    /// Another host has taken the consumer's events over, or an operator wants them delivered anew.
    Superseded,
}

/// What is under way.
#[derive(Default)]
struct Running {
    handlers: JoinSet<Ended>,
    next: Option<Pending<Result<Slice, Error>>>,
    reread: Option<Pending<(Wanted, Result<Reread, Error>)>>,
    replays: Option<Pending<Result<Replays, Error>>>,
    write: Option<JoinHandle<(Update, Result<(), Error>)>>,
    permit: Option<OwnedSemaphorePermit>,
    read_not_before: Option<Instant>,
    /// When the progress gathered so far is to be written.
    write_due: Option<Instant>,
    write_not_before: Option<Instant>,
    look_for_replays: bool,
    outage: Outage,
    superseded: bool,
}

struct Work {
    driver: Driver,
    lanes: Lanes,
    running: Running,
    /// Positions in here may have been delivered before a crash.
    suspect: std::ops::RangeInclusive<i64>,
}

impl Driver {
    /// Delivers until told to stop, then ends in order.
    pub(crate) async fn run(self) -> End {
        let now = micros(self.clock.now());
        let base = Instant::now();
        let longest = self.subscription.retry.max;
        let progress = &self.progress;
        let lanes = Lanes::restore(progress.floor, &progress.cursors, |cursor| {
            let wait = Duration::from_micros(u64::try_from(cursor.due_at - now).unwrap_or(0));
            base + wait.min(longest)
        });
        let suspect_through = if progress.clean { 0 } else { progress.head };
        let suspect = progress.floor + 1..=suspect_through.min(progress.floor + WINDOW_POSITIONS);
        Work { driver: self, lanes, running: Running::default(), suspect }.run().await
    }
}

impl Work {
    async fn run(mut self) -> End {
        let mut poll = tokio::time::interval(self.driver.pace.poll_interval);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stop = self.driver.stop.clone();
        let replay_asked = self.driver.replay_asked.clone();
        let gate = self.driver.gate.clone();
        while !self.running.superseded {
            while let Some(ended) = self.running.handlers.try_join_next() {
                self.ended(ended);
            }
            self.lanes.wake(Instant::now());
            self.hand_out();
            self.start_reading();
            self.start_writing();
            self.report();
            let timer = self.next_timer();
            // Another driver of the same consumer may have all permits.
            let held_up = self.lanes.has_ready() && self.running.permit.is_none();
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(ended) = self.running.handlers.join_next() => self.ended(ended),
                slice = pending(&mut self.running.next) => self.read(slice),
                (wanted, slices) = pending(&mut self.running.reread) => self.read_again(wanted, slices),
                replays = pending(&mut self.running.replays) => self.found_replays(replays),
                written = joined(&mut self.running.write) => self.wrote(written),
                Ok(permit) = gate.clone().acquire_owned(), if held_up => self.running.permit = Some(permit),
                () = replay_asked.notified() => self.running.look_for_replays = true,
                _ = poll.tick() => self.running.look_for_replays = true,
                () = until(timer) => {}
            }
        }
        if self.running.superseded {
            // Written later, it would undo what took this one's place.
            drop(joined_or_none(&mut self.running.write).await);
            return End::Superseded;
        }
        self.finish().await
    }

    fn hand_out(&mut self) {
        while let Some(permit) = self.permit() {
            let Some(task) = self.lanes.next() else { return };
            let Task { aggregate, logged, attempt, replay, again } = task;
            let position = logged.position;
            if again || self.suspect.contains(&position) {
                Counters::add(&self.driver.counters.redelivered);
            }
            let handler = self.driver.handler.clone();
            let is_named = is_named(&self.driver.progress.starts, &logged.event.kind, position);
            let consumer = is_named.then(|| self.driver.subscription.consumer.as_str().into());
            let handed = Handed { aggregate, position, attempt, replay };
            self.running.handlers.spawn(async move {
                let kind = logged.event.kind.clone();
                let delivery = Delivery { event: logged.event, attempt, consumer };
                fail::fail_point!("bus::before-deliver");
                let handling = AssertUnwindSafe(handler.handle(delivery)).catch_unwind();
                let result = handling.await.unwrap_or_else(|_| Err("the handler panicked".into()));
                fail::fail_point!("bus::after-handle");
                drop(permit);
                Ended { handed, kind, published_at: logged.published_at, result }
            });
        }
    }

    /// A permit to run a handler, if there is work for one.
    fn permit(&mut self) -> Option<OwnedSemaphorePermit> {
        if !self.lanes.has_ready() {
            self.running.permit = None;
            return None;
        }
        self.running.permit.take().or_else(|| self.driver.gate.clone().try_acquire_owned().ok())
    }

    fn start_reading(&mut self) {
        let running = &mut self.running;
        if running.read_not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        let read_through = self.lanes.read_through();
        if running.next.is_none() {
            let (queued, bytes) = self.lanes.queued();
            let room = queued + PART / 2 <= WINDOW
                && bytes < WINDOW_BYTES
                && self.lanes.len() < self.driver.pace.lanes + WINDOW;
            if room {
                let (store, limit) = (self.driver.store.clone(), PART.min(WINDOW - queued));
                running.next = Some(Box::pin(async move { store.next(read_through, limit).await }));
            }
        }
        if running.reread.is_none() {
            let wanted = self.lanes.take_reading(LANES_AT_ONCE);
            if !wanted.is_empty() {
                let store = self.driver.store.clone();
                running.reread = Some(Box::pin(async move {
                    let slices = store.reread(&wanted, read_through).await;
                    (wanted, slices)
                }));
            }
        }
        if running.replays.is_none() && std::mem::take(&mut running.look_for_replays) {
            let (store, now) = (self.driver.store.clone(), micros(self.driver.clock.now()));
            let limit = REPLAYS + self.lanes.replaying();
            running.replays = Some(Box::pin(async move { store.replays(now, limit).await }));
        }
    }

    fn read(&mut self, slice: Result<Slice, Error>) {
        match slice {
            Ok(slice) => {
                self.running.read_not_before = None;
                let events = self.wanted(slice.events);
                self.lanes.admit(events, slice.through);
            }
            Err(error) => self.unreadable(&error),
        }
    }

    /// Without those of its kinds that came before the consumer began with them.
    fn wanted(&self, mut events: Vec<Logged>) -> Vec<Logged> {
        let starts = &self.driver.progress.starts;
        events.retain(|logged| wants(starts, &logged.event.kind, logged.position));
        events
    }

    fn read_again(&mut self, wanted: Wanted, slices: Result<Reread, Error>) {
        match slices {
            Ok(slices) => {
                for (aggregate, slice) in slices {
                    let events = self.wanted(slice.events);
                    self.lanes.reread(&aggregate, events, slice.through);
                }
            }
            Err(error) => {
                for (aggregate, _, _) in wanted {
                    self.lanes.unread(aggregate);
                }
                self.unreadable(&error);
            }
        }
    }

    fn found_replays(&mut self, replays: Result<Replays, Error>) {
        match replays {
            Ok(replays) => {
                for (logged, attempts) in replays {
                    self.lanes.admit_replay(logged, attempts);
                }
            }
            Err(Error::Superseded) => self.running.superseded = true,
            Err(error) => {
                self.running.look_for_replays = true;
                self.unreadable(&error);
            }
        }
    }

    fn unreadable(&mut self, error: &Error) {
        let consumer = &self.driver.subscription.consumer;
        tracing::warn!(consumer, %error, "the log can't be read");
        self.running.read_not_before = Some(Instant::now() + STORAGE_RETRY);
    }

    fn start_writing(&mut self) {
        let running = &mut self.running;
        if running.write.is_some() || running.write_not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        let (any, urgent) = self.lanes.unwritten();
        if !any {
            return;
        }
        let interval = self.driver.pace.progress_interval;
        let due = *running.write_due.get_or_insert_with(|| Instant::now() + interval);
        if !urgent && Instant::now() < due {
            return;
        }
        running.write_due = None;
        let update = self.lanes.update(&self.driver.subscription.consumer);
        let store = self.driver.store.clone();
        running.write = Some(tokio::spawn(async move { write(&*store, update).await }));
    }

    fn wrote(&mut self, written: Option<(Update, Result<(), Error>)>) {
        let Some((update, result)) = written else { return };
        match result {
            Ok(()) => {
                self.running.write_not_before = None;
                self.lanes.written(&update);
                self.running.look_for_replays |= !update.replayed.is_empty();
            }
            Err(Error::Superseded) => self.running.superseded = true,
            Err(error) => {
                tracing::warn!(consumer = self.driver.subscription.consumer, %error, "progress can't be written");
                self.lanes.not_written(update);
                self.running.write_not_before = Some(Instant::now() + STORAGE_RETRY);
            }
        }
    }

    fn next_timer(&self) -> Option<Instant> {
        let now = Instant::now();
        let later = |time: Option<Instant>| time.filter(|time| *time > now);
        let running = &self.running;
        let writing = running.write.is_none().then(|| later(running.write_not_before).or(running.write_due));
        let reading = later(running.read_not_before);
        [self.lanes.next_due(), writing.flatten(), reading].into_iter().flatten().min()
    }

    fn report(&self) {
        let floor = self.lanes.floor();
        self.driver.counters.floor.store(floor, std::sync::atomic::Ordering::Relaxed);
        Counters::set(&self.driver.counters.running, self.running.handlers.len());
        Counters::set(&self.driver.counters.blocked, self.lanes.blocked());
        Counters::set(&self.driver.counters.waiting, self.lanes.awaiting());
        self.driver.floor.send_if_modified(|known| std::mem::replace(known, floor) != floor);
    }

    /// Waits for running handlers, then writes where everything stands.
    async fn finish(mut self) -> End {
        let deadline = Instant::now() + self.driver.pace.shutdown_grace;
        while let Ok(Some(ended)) = timeout_at(deadline, self.running.handlers.join_next()).await {
            self.ended(ended);
        }
        let clean = self.running.handlers.is_empty();
        self.running.handlers.abort_all();
        let written = joined_or_none(&mut self.running.write).await;
        self.wrote(written);
        self.lanes.detach_all();
        let mut update = self.lanes.update(&self.driver.subscription.consumer);
        update.clean = clean;
        let (update, result) = write(&*self.driver.store, update).await;
        if let Err(error) = result {
            tracing::warn!(consumer = update.consumer, %error, "the last progress can't be written");
        }
        End::Stopped
    }
}

async fn write(store: &dyn Store, update: Update) -> (Update, Result<(), Error>) {
    let result = store.write(&update).await;
    if result.is_ok() {
        fail::fail_point!("bus::after-acknowledge");
    }
    (update, result)
}
