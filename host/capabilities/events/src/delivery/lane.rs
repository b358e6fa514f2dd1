//! One aggregate's events on their way to one consumer.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::progress::Cursor;
use super::record::{Aggregate, Logged};

/// At most this many of an aggregate's events are held in memory; the rest is read again.
pub(super) const CAPACITY: usize = 64;

/// What a lane's next event waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There is none.
    Idle,
    /// A free handler.
    Ready,
    /// The time of its next attempt.
    Backoff(Instant),
    /// Being read from the log.
    Reading,
    /// Its predecessor's dead letter being written.
    Held,
}

/// When a failed event is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) instant: Instant,
    /// The same as microseconds since 1970-01-01T00:00:00Z.
    pub(super) micros: i64,
}

impl Due {
    /// So long after `now`, which is in microseconds since 1970.
    pub(super) fn after(now: i64, delay: Duration) -> Self {
        let later = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        Self { instant: Instant::now() + delay, micros: now.saturating_add(later) }
    }
}

/// What a handler can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// The lane's next event, at this position.
    Next(i64),
    /// A dead letter that is delivered again.
    Replay,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) state: State,
    /// What a handler has of it.
    pub(super) running: Option<Work>,
    /// Whether it stands in the ready queue.
    pub(super) offered: bool,
    /// All of its events up to here are finished, none after.
    pub(super) finished: i64,
    pub(super) queue: VecDeque<Logged>,
    /// Whether there are events after `queue` that must be read again.
    pub(super) spilled: bool,
    /// Whether the lane has a cursor of its own, so that the floor may pass it.
    pub(super) behind: bool,
    /// How often the next event failed.
    pub(super) attempts: u32,
    /// How often since its last failure it had to wait for what its handler lacked.
    pub(super) waits: u32,
    pub(super) due_at: i64,
    pub(super) error: String,
    /// Dead letters to be delivered again, with the attempts that failed since.
    pub(super) replays: VecDeque<(Logged, u32)>,
}

impl Lane {
    pub(super) fn new(finished: i64) -> Self {
        Self {
            state: State::Idle,
            running: None,
            offered: false,
            finished,
            queue: VecDeque::new(),
            spilled: false,
            behind: false,
            attempts: 0,
            waits: 0,
            due_at: 0,
            error: String::new(),
            replays: VecDeque::new(),
        }
    }

    /// As it was left when the bus stopped: everything is read again.
    pub(super) fn restored(cursor: &Cursor, due: Instant) -> Self {
        Self {
            state: State::Backoff(due),
            spilled: true,
            behind: true,
            attempts: cursor.attempts,
            due_at: cursor.due_at,
            error: cursor.error.clone(),
            ..Self::new(cursor.finished)
        }
    }

    /// The lane as it is to be written.
    pub(super) fn cursor(&self, aggregate: &Aggregate) -> Cursor {
        Cursor {
            aggregate: aggregate.clone(),
            finished: self.finished,
            attempts: self.attempts,
            due_at: self.due_at,
            error: self.error.clone(),
        }
    }

    /// Whether its next event was tried in vain.
    pub(super) fn is_failing(&self) -> bool {
        self.attempts > 0 || self.waits > 0
    }

    /// Whether a handler could take something from it now.
    pub(super) fn has_work(&self) -> bool {
        self.running.is_none() && !self.offered && (self.state == State::Ready || !self.replays.is_empty())
    }

    /// The positions in memory that are not finished.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = i64> {
        let running = match self.running {
            Some(Work::Next(position)) => Some(position),
            Some(Work::Replay) | None => None,
        };
        running.into_iter().chain(self.queue.iter().map(|logged| logged.position))
    }

    /// Whether nothing is left to do.
    pub(super) fn is_drained(&self) -> bool {
        self.state == State::Idle && self.running.is_none() && self.replays.is_empty()
    }

    /// The event that was handed out failed: everything after it is read again.
    pub(super) fn fail(&mut self, attempts: u32, error: String, due: Due) {
        self.attempts = attempts;
        self.waits = 0;
        self.wait(error, due);
    }

    /// The event has to wait for what its handler lacks: everything after it is read again.
    pub(super) fn postpone(&mut self, error: String, due: Due) {
        self.waits = self.waits.saturating_add(1);
        self.wait(error, due);
    }

    fn wait(&mut self, error: String, due: Due) {
        self.running = None;
        self.spilled = true;
        self.error = error;
        self.due_at = due.micros;
        self.state = State::Backoff(due.instant);
    }

    /// The event that was handed out is finished.
    pub(super) fn succeed(&mut self, position: i64) {
        self.running = None;
        self.finished = position;
        self.attempts = 0;
        self.waits = 0;
        self.due_at = 0;
        self.error.clear();
    }
}
