//! The row of a saga, and how it moves.

use std::time::Duration;

use uuid::Uuid;

use super::{Step, StepError};
use crate::{clock::Timestamp, context::Context, log, row, sql::AsJson, text_enum};

/// Failures of a step in a row after which the saga is stuck.
const ATTEMPTS: i64 = 5;
/// The wait after a first failure; it doubles with each, up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// Failures of a stuck saga after which it is taken back, if it can be.
const STUCK_ATTEMPTS: i64 = 6;
const FIRST_STUCK_WAIT: Duration = Duration::from_mins(5);
const LONGEST_STUCK_WAIT: Duration = Duration::from_hours(1);
/// How much of a reason is kept, in characters.
const REASON: usize = 1000;

text_enum! {
    /// How far a saga is.
    pub enum State {
        /// Its steps are being done.
        Running = "running",
        /// What it did is being taken back.
        Compensating = "compensating",
        /// It can't go on, and is tried again now and then: somebody should look at it.
        Stuck = "stuck",
        /// All is done.
        Completed = "completed",
        /// All is taken back.
        Compensated = "compensated",
    }
}

/// A saga's row.
#[derive(Clone, Debug)]
pub struct Record {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) subject: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) correlation_id: String,
    pub(super) state: State,
    pub(super) backward: bool,
    pub(super) step: String,
    pub(super) waiting: bool,
    pub(super) waiting_for: AsJson<Vec<String>>,
    pub(super) data: String,
    pub(super) attempts: i64,
    /// Why the step has not ended.
    pub(super) problem: Option<String>,
    /// Why it is taken back.
    pub(super) reason: Option<String>,
    pub(super) due_at: Option<Timestamp>,
    pub(super) deadline: Timestamp,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

row!(versioned Record in "sagas" {
    id, name, subject, actor, correlation_id, state, backward, step, waiting, waiting_for, data, attempts, problem,
    reason, due_at, deadline, version, created_at, updated_at, ended_at,
});

impl Record {
    /// What it does belongs to what began it.
    pub(super) fn context(&self) -> Context {
        Context::resumed(format!("/sagas/{}", self.name), &self.correlation_id, self.actor.as_deref())
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }

    /// Whether this is the answer that it waits for.
    pub(super) fn waits_for(&self, step: &str, backward: bool) -> bool {
        self.waiting && self.step == step && self.backward == backward
    }

    /// Its step is done, or taken back.
    pub(super) fn step_done<D>(&mut self, steps: &[Step<D>], now: Timestamp) {
        let at = self.position(steps);
        let next = if self.backward {
            steps.iter().take(at).rev().find(|step| step.undo.is_some())
        } else {
            steps.get(at + 1)
        };
        self.go_to(next, now);
    }

    /// Its step has begun, and its answer comes later.
    pub(super) fn step_waits<D>(&mut self, step: &Step<D>, now: Timestamp) {
        self.waiting = true;
        let due_at = now.plus(step.answer_within.max(self.wait()));
        let has_time = !self.backward && self.state != State::Stuck && now < self.deadline;
        self.due_at = Some(if has_time { due_at.min(self.deadline) } else { due_at });
    }

    /// The rules forbid its step.
    pub(super) fn step_refused<D>(&mut self, steps: &[Step<D>], error: &StepError, now: Timestamp) {
        // What was refused has not happened.
        let turned = !self.backward && self.turn_back(steps, false, error, now);
        if !turned {
            self.get_stuck(error, now);
        }
    }

    /// Its step failed.
    pub(super) fn step_failed<D>(&mut self, steps: &[Step<D>], error: &StepError, now: Timestamp) {
        self.waiting = false;
        self.attempts += 1;
        self.problem = Some(text(error));
        if self.state == State::Stuck {
            let patient = self.backward || self.attempts < STUCK_ATTEMPTS;
            // It may have happened all the same.
            if patient || !self.turn_back(steps, true, error, now) {
                self.due_at = Some(now.plus(self.wait()));
            }
            return;
        }
        let late = !self.backward && self.deadline <= now;
        // Forward, what is not available costs time only.
        let counts = self.backward || !matches!(error, StepError::Unavailable(_));
        if late || (counts && self.attempts >= ATTEMPTS) {
            self.get_stuck(error, now);
        } else {
            self.due_at = Some(now.plus(self.wait()));
        }
    }

    /// Nobody answered in time.
    pub(super) fn no_answer(&self) -> StepError {
        match self.waiting_for.0.as_slice() {
            [] => StepError::failed("no answer came in time"),
            names => StepError::failed(format!("no answer came in time from {}", names.join(", "))),
        }
    }

    fn position<D>(&self, steps: &[Step<D>]) -> usize {
        steps.iter().position(|step| step.name == self.step).unwrap_or(steps.len())
    }

    fn get_stuck(&mut self, error: &StepError, now: Timestamp) {
        self.state = State::Stuck;
        self.waiting = false;
        self.attempts = 0;
        self.problem = Some(text(error));
        self.due_at = Some(now.plus(self.wait()));
        log::error(format!("saga {} {} is stuck at {}: {error}", self.name, self.id, self.step));
    }

    /// Begins to take back what was done, with this step itself if `inclusive`; unless there is no way back.
    fn turn_back<D>(
        &mut self,
        steps: &[Step<D>],
        inclusive: bool,
        error: &StepError,
        now: Timestamp,
    ) -> bool {
        let at = self.position(steps);
        let done = || steps.iter().take(at + 1);
        if at == steps.len() || done().any(|step| step.retriable) {
            return false;
        }
        log::warn(format!("saga {} {} is taken back from {}: {error}", self.name, self.id, self.step));
        self.backward = true;
        self.reason = Some(text(error));
        let first = steps.iter().take(at + usize::from(inclusive)).rev().find(|step| step.undo.is_some());
        self.go_to(first, now);
        true
    }

    fn go_to<D>(&mut self, step: Option<&Step<D>>, now: Timestamp) {
        self.waiting = false;
        self.waiting_for.0.clear();
        self.attempts = 0;
        self.problem = None;
        let (going, ended) = if self.backward {
            (State::Compensating, State::Compensated)
        } else {
            (State::Running, State::Completed)
        };
        if let Some(step) = step {
            step.name.clone_into(&mut self.step);
            self.state = going;
            self.due_at = Some(now);
        } else {
            self.state = ended;
            self.due_at = None;
            self.ended_at = Some(now);
        }
    }

    /// How long to wait after so many failures.
    fn wait(&self) -> Duration {
        let (first, longest, doubled) = match (self.state, self.attempts) {
            (State::Stuck, attempts) => (FIRST_STUCK_WAIT, LONGEST_STUCK_WAIT, attempts),
            (_, 0) => return Duration::ZERO,
            (_, attempts) => (FIRST_WAIT, LONGEST_WAIT, attempts - 1),
        };
        let factor = 2_u32.saturating_pow(u32::try_from(doubled).unwrap_or(u32::MAX));
        first.saturating_mul(factor).min(longest)
    }
}

fn text(error: &StepError) -> String {
    error.to_string().chars().take(REASON).collect()
}

#[cfg(test)]
mod tests;
