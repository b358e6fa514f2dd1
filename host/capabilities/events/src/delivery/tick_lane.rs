//! A consumer's ticks of one unit of time: one at a time, and only the newest.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use super::outage::Outage;
use crate::clock::Clock;
use crate::options::{Observer, Subscription};
use crate::statistics::Counters;
use crate::ticks::Unit;
use crate::{Delivery, Failure, Handler};

/// Delivers the ticks of one unit to one consumer.
///
/// A tick that the handler has not handled when the next one comes is not delivered any more: the next one is, and says in
/// `previous` which was the last that was handled. None becomes a dead letter.
pub(crate) struct TickLane {
    pub(crate) unit: Unit,
    pub(crate) subscription: Subscription,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) gate: Arc<Semaphore>,
    /// The beginning of the newest minute, once ticks are wanted.
    pub(crate) now: watch::Receiver<Option<SystemTime>>,
    /// Whether it is this host's turn.
    pub(crate) is_turn: watch::Receiver<bool>,
    pub(crate) stop: watch::Receiver<bool>,
}

/// How far it is.
#[derive(Default)]
struct State {
    /// The last tick that was handled.
    handled: Option<i64>,
    /// The last tick that is over, handled or given up.
    over: Option<i64>,
    /// The tick that is tried.
    tried: Option<i64>,
    failed: u32,
    waits: u32,
    outage: Outage,
}

impl TickLane {
    /// Delivers until told to stop. A running handler comes to its end.
    pub(crate) async fn run(mut self) {
        let mut state = State::default();
        let mut stop = self.stop.clone();
        loop {
            let due = tokio::select! {
                due = self.due(state.over) => due,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let Some(number) = due else { return };
            if state.tried != Some(number) {
                (state.tried, state.failed, state.waits) = (Some(number), 0, 0);
            }
            // Closed by nobody.
            let Ok(permit) = Arc::clone(&self.gate).acquire_owned().await else { return };
            let delivery = Delivery {
                event: self.unit.tick(number, state.handled),
                attempt: state.failed + 1,
                consumer: Some(self.subscription.consumer.as_str().into()),
            };
            let handling = AssertUnwindSafe(self.handler.handle(delivery)).catch_unwind();
            let result = handling.await.unwrap_or_else(|_| Err("the handler panicked".into()));
            drop(permit);
            if let Some(wait) = self.ended(&mut state, number, result) {
                tokio::select! {
                    () = sleep(wait) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
        }
    }

    /// The number of the newest tick, once it is this host's turn and there is one after `over`.
    async fn due(&mut self, over: Option<i64>) -> Option<i64> {
        loop {
            self.is_turn.wait_for(|is_turn| *is_turn).await.ok()?;
            let newest = self.now.borrow_and_update().map(|now| self.unit.number(now));
            if newest > over {
                return newest;
            }
            self.now.changed().await.ok()?;
        }
    }

    /// Notes how it went, and says how long to wait before the next attempt.
    fn ended(&self, state: &mut State, number: i64, result: Result<(), Failure>) -> Option<Duration> {
        let (consumer, kind) = (self.subscription.consumer.as_str(), self.unit.kind());
        let retry = &self.subscription.retry;
        let jitter = rand::random_range(0.0..=1.0);
        match result {
            Ok(()) | Err(Failure::Refused(_)) => {
                if let Err(error) = &result {
                    Counters::add(&self.counters.refused);
                    tracing::info!(consumer, kind, %error, "a tick was refused");
                }
                Counters::add(&self.counters.delivered);
                if let Some(observer) = &self.observer {
                    let latency =
                        self.clock.now().duration_since(self.unit.begin(number)).unwrap_or_default();
                    observer.handled(consumer, kind, latency);
                }
                (state.handled, state.over) = (Some(number), Some(number));
                None
            }
            Err(failure @ (Failure::Unavailable(_) | Failure::NotYet(_))) => {
                Counters::add(&self.counters.failed);
                state.waits = state.waits.saturating_add(1);
                state.outage.warn(consumer, kind, &failure.to_string(), 1);
                Some(retry.outage_delay(state.waits, 1, jitter))
            }
            Err(failure) => {
                Counters::add(&self.counters.failed);
                state.failed += 1;
                let is_last = retry.exhausted(state.failed) || matches!(failure, Failure::Broken(_));
                if is_last {
                    let attempts = state.failed;
                    tracing::warn!(consumer, kind, attempts, error = %failure, "a tick is given up; the next one follows");
                    state.over = Some(number);
                    return None;
                }
                Some(retry.delay(state.failed, jitter))
            }
        }
    }
}
