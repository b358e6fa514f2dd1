//! What becomes of an event once its handler has answered.

use std::time::Duration;

use tokio::time::Instant;

use super::{Ended, Work};
use crate::Failure;
use crate::clock::micros;
use crate::delivery::lane::Due;
use crate::delivery::lanes::Handed;
use crate::statistics::Counters;

/// A handler's answer, and when it came.
struct Answer<'a> {
    handed: &'a Handed,
    kind: &'a str,
    /// Microseconds since 1970.
    now: i64,
}

impl Work {
    pub(super) fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        // Handlers catch panics and are aborted only at the end, so there is nothing to lose here.
        let Ok(Ended { handed, kind, published_at, result }) = ended else { return };
        let now = micros(self.driver.clock.now());
        let answer = Answer { handed: &handed, kind: &kind, now };
        let failure = match result {
            Ok(()) => return self.handled(&answer, published_at),
            Err(Failure::Refused(why)) => {
                Counters::add(&self.driver.counters.refused);
                let (consumer, position) = (&self.driver.subscription.consumer, handed.position);
                tracing::info!(consumer, kind, position, why, "an event was refused, which is its end");
                return self.handled(&answer, published_at);
            }
            Err(failure) => failure,
        };
        Counters::add(&self.driver.counters.failed);
        match failure {
            Failure::Unavailable(error) => self.unavailable(&answer, error),
            // Whoever has a dead letter delivered again wants to know soon how that went.
            Failure::NotYet(_) if !handed.replay => self.not_yet(&answer, &failure),
            Failure::Broken(_) => self.give_up(&answer, failure.to_string()),
            Failure::Failed(_) | Failure::NotYet(_) | Failure::Refused(_) => {
                self.failed(&answer, failure.to_string());
            }
        }
    }

    fn handled(&mut self, answer: &Answer<'_>, published_at: i64) {
        Counters::add(&self.driver.counters.delivered);
        if let Some(observer) = &self.driver.observer {
            let latency = u64::try_from(answer.now - published_at).unwrap_or(0);
            let consumer = &self.driver.subscription.consumer;
            observer.handled(consumer, answer.kind, Duration::from_micros(latency));
        }
        self.lanes.succeeded(answer.handed);
    }

    fn failed(&mut self, answer: &Answer<'_>, error: String) {
        let &Answer { handed, kind, now } = answer;
        let retry = &self.driver.subscription.retry;
        if retry.exhausted(handed.attempt) {
            return self.give_up(answer, error);
        }
        let (consumer, position, attempt) =
            (&self.driver.subscription.consumer, handed.position, handed.attempt);
        tracing::debug!(consumer, kind, position, attempt, error, "event failed");
        let delay = retry.delay(attempt, rand::random_range(0.0..=1.0));
        self.lanes.failed(handed, error, Due::after(now, delay));
    }

    fn unavailable(&mut self, answer: &Answer<'_>, error: String) {
        Counters::add(&self.driver.counters.unavailable);
        let due = self.later(answer);
        let consumer = &self.driver.subscription.consumer;
        self.running.outage.warn(consumer, answer.kind, &error, self.lanes.blocked());
        self.lanes.unavailable(answer.handed, error, due);
    }

    fn not_yet(&mut self, answer: &Answer<'_>, failure: &Failure) {
        Counters::add(&self.driver.counters.not_yet);
        let patience = self.driver.subscription.retry.patience;
        let now = Instant::now();
        if now - self.lanes.awaits(answer.handed, now) >= patience {
            return self.give_up(answer, format!("waited {patience:?} in vain: {failure}"));
        }
        let (consumer, position) = (&self.driver.subscription.consumer, answer.handed.position);
        tracing::debug!(consumer, kind = answer.kind, position, error = %failure, "event waits for another");
        let due = self.later(answer);
        self.lanes.postponed(answer.handed, failure.to_string(), due);
    }

    /// When an event is tried again that waits for what its handler lacks.
    fn later(&self, answer: &Answer<'_>) -> Due {
        let waits = self.lanes.waits(answer.handed).saturating_add(1);
        let jitter = rand::random_range(0.0..=1.0);
        let delay = self.driver.subscription.retry.outage_delay(waits, self.lanes.blocked(), jitter);
        Due::after(answer.now, delay)
    }

    fn give_up(&mut self, answer: &Answer<'_>, error: String) {
        let &Answer { handed, kind, now } = answer;
        Counters::add(&self.driver.counters.dead);
        let (consumer, position, attempt) =
            (&self.driver.subscription.consumer, handed.position, handed.attempt);
        tracing::warn!(consumer, kind, position, attempt, error, "event became a dead letter");
        self.lanes.died(handed, error, now);
    }
}
