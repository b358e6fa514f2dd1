//! What an operator and a subscriber can choose.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};

/// How a bus keeps its file.
#[derive(Clone)]
pub struct Options {
    /// How long the log keeps events that every consumer has finished. `None`, the default, keeps
    /// them for ever. The id of a removed event is forgotten with it.
    pub retention: Option<Duration>,
    /// How long progress may wait to be written together with other progress. A crash repeats at
    /// most what was handled in this time. Default 10 ms.
    pub progress_interval: Duration,
    /// How often replays asked for by another process are looked for. Default 500 ms.
    pub poll_interval: Duration,
    /// How long shutdown waits for running handlers. Default 10 s.
    pub shutdown_grace: Duration,
    /// How long `open` waits for another process to let go of the file. Default 5 s.
    pub lock_wait: Duration,
    /// Stamps events and drives ticks.
    pub clock: Arc<dyn Clock>,
    /// Told about every handled event.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            retention: None,
            progress_interval: Duration::from_millis(10),
            poll_interval: Duration::from_millis(500),
            shutdown_grace: Duration::from_secs(10),
            lock_wait: Duration::from_secs(5),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }
}

/// Watches deliveries, for metrics. It is called on the delivery path and must not block.
pub trait Observer: Send + Sync + 'static {
    /// `consumer` handled an event of `kind`, `latency` after it was committed to the log.
    fn handled(&self, consumer: &str, kind: &str, latency: Duration);
}

/// Who wants which events.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The durable name, such as `notifications`: progress is kept under it.
    pub consumer: String,
    /// The kinds wanted; an empty list means all that the log has.
    pub kinds: Vec<String>,
    /// At most this many handler calls at once; 0 counts as 1.
    pub concurrency: usize,
    /// When a failed event is delivered again.
    pub retry: RetryPolicy,
    /// What the consumer does with events.
    pub mode: Mode,
    /// For a consumer whose state lives in memory: at every start, events younger than this are
    /// delivered again.
    pub replay_at_start: Option<Duration>,
    /// Where the consumer begins with kinds that it never had before, unless `starts` says otherwise.
    pub start: Start,
    /// Where it begins with some of them. Ticks always begin now.
    pub starts: BTreeMap<String, Start>,
}

impl Subscription {
    /// A subscription with the defaults: 8 calls at once, reaction, from the beginning.
    pub fn new(consumer: impl Into<String>, kinds: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            consumer: consumer.into(),
            kinds: kinds.into_iter().map(Into::into).collect(),
            concurrency: 8,
            retry: RetryPolicy::default(),
            mode: Mode::Reaction,
            replay_at_start: None,
            start: Start::Beginning,
            starts: BTreeMap::new(),
        }
    }

    /// Where the consumer begins with a kind that it never had before.
    pub(crate) fn start_of(&self, kind: &str) -> Start {
        self.starts.get(kind).copied().unwrap_or(self.start)
    }
}

/// Whether a consumer may be run again over old events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Fills a read model; can be rebuilt from the log.
    Projection,
    /// Causes something new; is never rebuilt.
    Reaction,
}

impl Mode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::Reaction => "reaction",
        }
    }
}

/// Where a consumer begins with a kind of event that it never had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the oldest event of the log.
    Beginning,
    /// With the next event published.
    Now,
}

/// Exponential backoff with full jitter: before attempt n + 1 a random time up to
/// `initial * factor^(n - 1)`, at most `max`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The longest wait before the second attempt. Default 100 ms.
    pub initial: Duration,
    /// What each further wait grows by. Default 2.
    pub factor: f64,
    /// No wait is longer. Default 60 s.
    pub max: Duration,
    /// After this many failed attempts the event becomes a dead letter; 0 counts as 1. Default 10.
    pub attempts: u32,
    /// No wait for something that is not available is longer, unless very many events wait. Default 2 s.
    pub outage: Duration,
    /// An event that waits for what another one brings ([`crate::Failure::NotYet`]) becomes a dead letter after so long. It
    /// counts anew after an outage, and in each host. Default 10 min.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            initial: Duration::from_millis(100),
            factor: 2.0,
            max: Duration::from_mins(1),
            attempts: 10,
            outage: Duration::from_secs(2),
            patience: Duration::from_mins(10),
        }
    }
}

/// What each waiting aggregate adds to the longest wait: with jitter, twice the time between two attempts.
const ATTEMPT_IN_OUTAGE: Duration = Duration::from_millis(10);

impl RetryPolicy {
    /// Whether `failed` attempts were the last.
    pub(crate) fn exhausted(&self, failed: u32) -> bool {
        failed >= self.attempts.max(1)
    }

    /// How long to wait after `failed` attempts; `jitter` is in 0..=1.
    pub(crate) fn delay(&self, failed: u32, jitter: f64) -> Duration {
        self.growing(failed, self.max, jitter)
    }

    /// How long to wait after something was not available `refused` times, while so many aggregates wait in all.
    pub(crate) fn outage_delay(&self, refused: u32, waiting: usize, jitter: f64) -> Duration {
        // What is down is asked no more than some 200 times a second.
        let spread = ATTEMPT_IN_OUTAGE.saturating_mul(u32::try_from(waiting).unwrap_or(u32::MAX));
        if spread <= self.outage {
            return self.growing(refused, self.outage, jitter);
        }
        spread.min(self.max.max(self.outage)).mul_f64(jitter.clamp(0.0, 1.0))
    }

    fn growing(&self, failed: u32, max: Duration, jitter: f64) -> Duration {
        let exponent = i32::try_from(failed.saturating_sub(1)).unwrap_or(i32::MAX);
        let longest = self.initial.as_secs_f64() * self.factor.max(1.0).powi(exponent);
        Duration::from_secs_f64(longest.min(max.as_secs_f64()) * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let waits: Vec<u128> = (1..=12).map(|failed| policy.delay(failed, 1.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
        assert_eq!(policy.delay(u32::MAX, 1.0), Duration::from_mins(1));
        assert_eq!(policy.delay(5, 0.0), Duration::ZERO);
    }

    #[test]
    fn the_last_attempt_is_the_limit() {
        let policy = RetryPolicy { attempts: 3, ..RetryPolicy::default() };
        assert!(!policy.exhausted(2));
        assert!(policy.exhausted(3));
        assert!(RetryPolicy { attempts: 0, ..policy }.exhausted(1));
    }
}
