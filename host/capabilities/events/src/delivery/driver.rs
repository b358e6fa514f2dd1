//! The task behind a subscription: reads the log, hands events out, writes progress.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use rusqlite::Connection;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::clock::micros;
use super::error::Error;
use super::lane::Due;
use super::lanes::{Handed, Lanes, Task};
use super::options::Subscription;
use super::progress::{self, Update};
use super::reader::{Reader, Reading, Request};
use super::shared::Shared;
use super::statistics::Counters;
use crate::{Delivery, Handler};

/// Events held in memory that no handler has yet.
const WINDOW: usize = 2048;
/// Bytes of their bodies.
const WINDOW_BYTES: usize = 32 << 20;
/// Events read from the log at once.
const PART: usize = 512;
/// Lanes read again at once.
const LANES_AT_ONCE: usize = 16;
/// Positions above the floor in which events may have been handed out before a crash.
pub(super) const WINDOW_POSITIONS: i64 = 4096;
/// With more aggregates than this in memory, which means blocked ones, the consumer reads no new
/// events until some get through: its work fails as a whole.
const LANES: usize = 8192;
/// Replays in memory.
const REPLAYS: usize = 64;
/// Between attempts to read or write a file that fails.
const STORAGE_RETRY: Duration = Duration::from_millis(250);

/// What a handler's end brings back.
struct Ended {
    handed: Handed,
    kind: String,
    published_at: i64,
    result: Result<(), String>,
}

pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) subscription: Subscription,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) reader: Reader,
    pub(super) counters: Arc<Counters>,
    pub(super) lanes: Lanes,
    /// Positions in here may have been delivered before a crash.
    pub(super) suspect: std::ops::RangeInclusive<i64>,
    pub(super) floor: watch::Sender<i64>,
    pub(super) replay_asked: Arc<Notify>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) kinds: Arc<[String]>,
    pub(super) running: Running,
}

/// A reading, or the request that failed.
type ReadResult = Result<Reading, Box<(Request, Error)>>;

/// What is under way.
#[derive(Default)]
pub(super) struct Running {
    handlers: JoinSet<Ended>,
    read: Option<JoinHandle<ReadResult>>,
    write: Option<JoinHandle<(Update, Result<(), Error>)>>,
    read_not_before: Option<Instant>,
    /// When the progress gathered so far is to be written.
    write_due: Option<Instant>,
    write_not_before: Option<Instant>,
    look_for_replays: bool,
    head: i64,
}

impl Driver {
    /// Delivers until told to stop, then ends in order.
    pub(super) async fn run(mut self) {
        let mut head = self.shared.head.subscribe();
        let mut poll = tokio::time::interval(self.shared.options.poll_interval);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stop = self.stop.clone();
        let replay_asked = self.replay_asked.clone();
        loop {
            self.running.head = *head.borrow_and_update();
            while let Some(ended) = self.running.handlers.try_join_next() {
                self.ended(ended);
            }
            self.lanes.wake(Instant::now());
            self.hand_out();
            self.start_reading();
            self.start_writing();
            self.report();
            let timer = self.next_timer();
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(ended) = self.running.handlers.join_next() => self.ended(ended),
                reading = joined(&mut self.running.read) => self.read(reading),
                written = joined(&mut self.running.write) => self.wrote(written),
                changed = head.changed() => if changed.is_err() { break },
                () = replay_asked.notified() => self.running.look_for_replays = true,
                _ = poll.tick() => self.running.look_for_replays = true,
                () = until(timer) => {}
            }
        }
        self.finish().await;
    }

    fn hand_out(&mut self) {
        while self.running.handlers.len() < self.subscription.concurrency.max(1)
            && let Some(task) = self.lanes.next()
        {
            let Task { aggregate, logged, attempt, replay } = task;
            let position = logged.position;
            if attempt > 1 || replay || self.suspect.contains(&position) {
                Counters::add(&self.counters.redelivered);
            }
            let handler = self.handler.clone();
            let handed = Handed { aggregate, position, attempt, replay };
            self.running.handlers.spawn(async move {
                let kind = logged.event.kind.clone();
                let delivery = Delivery { event: logged.event, attempt };
                fail::fail_point!("bus::before-deliver");
                let handling = AssertUnwindSafe(handler.handle(delivery)).catch_unwind();
                let result = handling.await.unwrap_or_else(|_| Err("the handler panicked".to_owned()));
                fail::fail_point!("bus::after-handle");
                Ended { handed, kind, published_at: logged.published_at, result }
            });
        }
    }

    fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        // Handlers catch panics and are aborted only at the end, so there is nothing to lose here.
        let Ok(Ended { handed, kind, published_at, result }) = ended else { return };
        let now = micros(self.shared.options.clock.now());
        let consumer = &self.subscription.consumer;
        let Err(error) = result else {
            Counters::add(&self.counters.delivered);
            if let Some(observer) = &self.shared.options.observer {
                let latency = u64::try_from(now - published_at).unwrap_or(0);
                observer.handled(consumer, &kind, Duration::from_micros(latency));
            }
            return self.lanes.succeeded(&handed);
        };
        Counters::add(&self.counters.failed);
        let retry = &self.subscription.retry;
        let (position, attempt) = (handed.position, handed.attempt);
        if retry.exhausted(attempt) {
            Counters::add(&self.counters.dead);
            tracing::warn!(consumer, kind, position, attempt, error, "event became a dead letter");
            return self.lanes.died(&handed, error, now);
        }
        tracing::debug!(consumer, kind, position, attempt, error, "event failed");
        let delay = retry.delay(attempt, rand::random_range(0.0..=1.0));
        let later = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        let due = Due { instant: Instant::now() + delay, micros: now.saturating_add(later) };
        self.lanes.failed(&handed, error, due);
    }

    fn start_reading(&mut self) {
        let running = &mut self.running;
        if running.read.is_some() || running.read_not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        let read_through = self.lanes.read_through();
        let (queued, bytes) = self.lanes.queued();
        let room = queued + PART / 2 <= WINDOW && bytes < WINDOW_BYTES && self.lanes.len() < LANES + WINDOW;
        let limit = if room && read_through < running.head { PART.min(WINDOW - queued) } else { 0 };
        let lanes = self.lanes.take_reading(LANES_AT_ONCE);
        let replays = std::mem::take(&mut running.look_for_replays).then(|| {
            let now = micros(self.shared.options.clock.now());
            (self.subscription.consumer.clone(), now, REPLAYS + self.lanes.replaying())
        });
        if limit == 0 && lanes.is_empty() && replays.is_none() {
            return;
        }
        let request = Request { lanes, read_through, limit, kinds: self.kinds.clone(), replays };
        let reader = self.reader.clone();
        running.read = Some(tokio::task::spawn_blocking(move || reader.read(request)));
    }

    fn read(&mut self, reading: Option<ReadResult>) {
        match reading {
            // Only a runtime that shuts down gives no answer.
            None => {}
            Some(Ok(Reading { lanes, log, replays })) => {
                self.running.read_not_before = None;
                for (aggregate, slice) in lanes {
                    self.lanes.reread(&aggregate, slice.events, slice.through);
                }
                if let Some(slice) = log {
                    self.lanes.admit(slice.events, slice.through);
                }
                for (logged, attempts) in replays {
                    self.lanes.admit_replay(logged, attempts);
                }
            }
            Some(Err(failed)) => {
                let (request, error) = *failed;
                tracing::warn!(consumer = self.subscription.consumer, %error, "the log can't be read");
                self.running.read_not_before = Some(Instant::now() + STORAGE_RETRY);
                self.running.look_for_replays |= request.replays.is_some();
                for (aggregate, _, _) in request.lanes {
                    self.lanes.unread(aggregate);
                }
            }
        }
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
        let interval = self.shared.options.progress_interval;
        let due = *running.write_due.get_or_insert_with(|| Instant::now() + interval);
        if !urgent && Instant::now() < due {
            return;
        }
        running.write_due = None;
        let update = self.lanes.update(&self.subscription.consumer);
        let shared = self.shared.clone();
        running.write = Some(tokio::spawn(async move { write(&shared, update).await }));
    }

    fn wrote(&mut self, written: Option<(Update, Result<(), Error>)>) {
        let Some((update, result)) = written else { return };
        match result {
            Ok(()) => {
                self.running.write_not_before = None;
                self.lanes.written(&update);
                self.running.look_for_replays |= !update.replayed.is_empty();
            }
            Err(error) => {
                tracing::warn!(consumer = self.subscription.consumer, %error, "progress can't be written");
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
        let reading = running.read.is_none().then(|| later(running.read_not_before));
        [self.lanes.next_due(), writing.flatten(), reading.flatten()].into_iter().flatten().min()
    }

    fn report(&self) {
        let floor = self.lanes.floor();
        self.counters.floor.store(floor, std::sync::atomic::Ordering::Relaxed);
        Counters::set(&self.counters.running, self.running.handlers.len());
        Counters::set(&self.counters.blocked, self.lanes.blocked());
        self.floor.send_if_modified(|known| std::mem::replace(known, floor) != floor);
    }

    /// Waits for running handlers, then writes where everything stands.
    async fn finish(mut self) {
        let deadline = Instant::now() + self.shared.options.shutdown_grace;
        while let Ok(Some(ended)) = timeout_at(deadline, self.running.handlers.join_next()).await {
            self.ended(ended);
        }
        let clean = self.running.handlers.is_empty();
        self.running.handlers.abort_all();
        let written = joined_or_none(&mut self.running.write).await;
        self.wrote(written);
        self.lanes.detach_all();
        let mut update = self.lanes.update(&self.subscription.consumer);
        update.clean = clean;
        let (update, result) = write(&self.shared, update).await;
        if let Err(error) = result {
            tracing::warn!(consumer = update.consumer, %error, "the last progress can't be written");
        }
    }
}

async fn write(shared: &Shared, update: Update) -> (Update, Result<(), Error>) {
    let update = Arc::new(update);
    let written = update.clone();
    let work = move |connection: &Connection| progress::apply(connection, &written);
    // Events whose progress is lost with the power are delivered again, as after every crash.
    let result = if update.dead.is_empty() && update.replayed.is_empty() {
        shared.writer.run_unsynced(work).await
    } else {
        shared.writer.run(work).await
    };
    if result.is_ok() {
        fail::fail_point!("bus::after-acknowledge");
    }
    (Arc::unwrap_or_clone(update), result)
}

/// The task's result once it has ended; waits for ever without a task. A task that was cancelled
/// has none.
async fn joined<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    match task {
        None => std::future::pending().await,
        Some(_) => joined_or_none(task).await,
    }
}

async fn joined_or_none<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    let result = task.as_mut()?.await.ok();
    *task = None;
    result
}

async fn until(time: Option<Instant>) {
    match time {
        None => std::future::pending().await,
        Some(time) => sleep_until(time).await,
    }
}
