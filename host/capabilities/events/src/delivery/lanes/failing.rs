//! What follows when a handler did not handle its event.

use tokio::time::Instant;

use super::{Handed, Lanes};
use crate::delivery::lane::{Due, Lane, State};
use crate::delivery::progress::{Dead, Replayed};

impl Lanes {
    /// How often in a row the event had to wait for what its handler lacked.
    pub(in crate::delivery) fn waits(&self, handed: &Handed) -> u32 {
        // Of a replay nobody counts them: it waits as long as those that have waited long.
        let of_lane = || self.by_aggregate.get(&handed.aggregate).map_or(0, |lane| lane.waits);
        if handed.replay { u32::MAX } else { of_lane() }
    }

    /// How many events wait for what another one brings.
    pub(in crate::delivery) fn awaiting(&self) -> usize {
        self.awaiting.len()
    }

    /// The event came before what it needs. Since when, in a row, it has.
    pub(in crate::delivery) fn awaits(&mut self, handed: &Handed, now: Instant) -> Instant {
        *self.awaiting.entry(handed.aggregate.clone()).or_insert(now)
    }

    /// The handler failed; the event is tried again.
    pub(in crate::delivery) fn failed(&mut self, handed: &Handed, error: String, due: Due) {
        self.awaiting.remove(&handed.aggregate);
        self.tried_in_vain(handed, handed.attempt, error, due, |lane, error| {
            lane.fail(handed.attempt, error, due);
        });
    }

    /// Something was not available to the handler; the event is tried again. What else it waits for may be late for the same
    /// reason.
    pub(in crate::delivery) fn unavailable(&mut self, handed: &Handed, error: String, due: Due) {
        self.awaiting.remove(&handed.aggregate);
        self.postponed(handed, error, due);
    }

    /// The event has to wait for what its handler lacks; that costs no attempt.
    pub(in crate::delivery) fn postponed(&mut self, handed: &Handed, error: String, due: Due) {
        let attempts = handed.attempt.saturating_sub(1);
        self.tried_in_vain(handed, attempts, error, due, |lane, error| lane.postpone(error, due));
    }

    fn tried_in_vain(
        &mut self,
        handed: &Handed,
        attempts: u32,
        error: String,
        due: Due,
        note: impl FnOnce(&mut Lane, String),
    ) {
        if handed.replay {
            let (position, due_at) = (handed.position, Some(due.micros));
            self.replay_ended(handed, Replayed::Failed { position, attempts, due_at, error });
            return;
        }
        self.mark_behind(&handed.aggregate);
        let Some(lane) = self.by_aggregate.get_mut(&handed.aggregate) else { return };
        // Nothing of a stuck lane stays in memory.
        self.queued -= lane.queue.len();
        self.queued_bytes -= lane.queue.iter().map(|logged| logged.event.body.len()).sum::<usize>();
        lane.queue.clear();
        note(lane, error);
        self.timers.insert((due.instant, handed.aggregate.clone()));
        self.offer(&handed.aggregate);
    }

    /// The event is given up. The lane goes on once that is written.
    pub(in crate::delivery) fn died(&mut self, handed: &Handed, error: String, died_at: i64) {
        let (position, attempts) = (handed.position, handed.attempt);
        if handed.replay {
            self.replay_ended(handed, Replayed::Failed { position, attempts, due_at: None, error });
            return;
        }
        self.awaiting.remove(&handed.aggregate);
        self.mark_behind(&handed.aggregate);
        let Some(lane) = self.by_aggregate.get_mut(&handed.aggregate) else { return };
        lane.succeed(position);
        lane.state = State::Held;
        self.dead.push(Dead { aggregate: handed.aggregate.clone(), position, attempts, error, died_at });
        self.offer(&handed.aggregate);
    }
}
