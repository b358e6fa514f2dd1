//! What follows when a handler did not handle its event.

use super::{Handed, Lanes};
use crate::delivery::lane::{Due, Lane, State};
use crate::delivery::progress::{Dead, Replayed};

impl Lanes {
    /// How often in a row something was not available to the handler of this event.
    pub(in crate::delivery) fn refusals(&self, handed: &Handed) -> u32 {
        // Of a replay nobody counts them: it waits as long as those that have waited long.
        let of_lane = || self.by_aggregate.get(&handed.aggregate).map_or(0, |lane| lane.refusals);
        if handed.replay { u32::MAX } else { of_lane() }
    }

    /// The handler failed; the event is tried again.
    pub(in crate::delivery) fn failed(&mut self, handed: &Handed, error: String, due: Due) {
        self.tried_in_vain(handed, handed.attempt, error, due, |lane, error| {
            lane.fail(handed.attempt, error, due);
        });
    }

    /// Something was not available to the handler; the event is tried again.
    pub(in crate::delivery) fn refused(&mut self, handed: &Handed, error: String, due: Due) {
        let attempts = handed.attempt.saturating_sub(1);
        self.tried_in_vain(handed, attempts, error, due, |lane, error| lane.refuse(error, due));
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

    /// The handler failed for the last time. The lane goes on once that is written.
    pub(in crate::delivery) fn died(&mut self, handed: &Handed, error: String, died_at: i64) {
        let (position, attempts) = (handed.position, handed.attempt);
        if handed.replay {
            self.replay_ended(handed, Replayed::Failed { position, attempts, due_at: None, error });
            return;
        }
        self.mark_behind(&handed.aggregate);
        let Some(lane) = self.by_aggregate.get_mut(&handed.aggregate) else { return };
        lane.succeed(position);
        lane.state = State::Held;
        self.dead.push(Dead { aggregate: handed.aggregate.clone(), position, attempts, error, died_at });
        self.offer(&handed.aggregate);
    }
}
