//! The suite that every bus passes.
//!
//! A backend's test says how its storage is made and opened, then has one test made of each check:
//!
//! ```ignore
//! lyceum_events::conformance_tests!(MyStorage);
//! ```
//!
//! Every check has storage of its own, so they run in any order and side by side.

// This is test code that other crates' tests call; a failed expectation is its way to speak.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)]

mod answers;
mod dead_letters;
mod durability;
mod order;
mod outages;
mod recorder;
mod recording_bus;
mod rewinding;
mod starting;
mod subscribers;
mod ticks;
mod turned_clock;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{Clock, Error, Event, Handler, Publisher, RetryPolicy, Rewind, Subscription, SystemClock};

pub use answers::*;
pub use dead_letters::*;
pub use durability::*;
pub use order::*;
pub use outages::*;
pub use recorder::{Recorder, Seen};
pub use recording_bus::RecordingBus;
pub use rewinding::*;
pub use starting::*;
pub use subscribers::*;
pub use ticks::*;
pub use turned_clock::TurnedClock;

/// Where a bus keeps its events: fresh for every check, and open at most once at a time.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// The bus under test.
    type Bus: BusUnderTest;
    /// Empty storage.
    async fn fresh() -> Self;
    /// Opens the bus on it, the first time or again.
    async fn open(&self) -> Self::Bus {
        self.open_at(Arc::new(SystemClock)).await
    }
    /// The same, with a clock for its ticks.
    async fn open_at(&self, clock: Arc<dyn Clock>) -> Self::Bus;
}

/// A bus under test. Errors that a check does not ask for are panics.
#[async_trait]
pub trait BusUnderTest: Publisher {
    /// Begins to deliver.
    async fn subscribe(&self, subscription: Subscription, handler: Arc<dyn Handler>);
    /// Begins to deliver ticks.
    fn spawn_ticks(&self);
    /// Waits for what is replayed at the start.
    async fn caught_up(&self);
    /// The ids of the consumer's dead letters, in the order of publishing.
    async fn dead_letters(&self, consumer: &str) -> Vec<String>;
    /// Has a dead letter delivered again.
    async fn replay(&self, consumer: &str, id: &str);
    /// Gives a dead letter up for good.
    async fn drop_dead_letter(&self, consumer: &str, id: &str);
    /// Has events delivered again.
    async fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error>;
    /// Ends in order.
    async fn shutdown(self);
    /// Ends as a crash would.
    async fn crash(self);
}

/// An event of the kind `test.happened` about the aggregate `thing`/`aggregate`.
pub fn event(aggregate: &str, sequence: u64) -> Event {
    event_of("test.happened", aggregate, sequence)
}

/// An event of any kind.
pub fn event_of(kind: &str, aggregate: &str, sequence: u64) -> Event {
    let id = format!("{kind}-{aggregate}-{sequence}");
    Event {
        body: format!(r#"{{"specversion":"1.0","id":"{id}","type":"{kind}"}}"#).into(),
        id,
        kind: kind.to_owned(),
        aggregate_type: "thing".to_owned(),
        aggregate_id: aggregate.to_owned(),
        sequence,
    }
}

/// A subscription to `test.happened` that tries again fast, and for ever: how often that is while a check prepares
/// something is the machine's matter.
pub fn subscription(consumer: &str) -> Subscription {
    Subscription {
        retry: RetryPolicy {
            initial: Duration::from_millis(1),
            factor: 1.5,
            max: Duration::from_millis(20),
            attempts: u32::MAX,
            outage: Duration::from_millis(20),
            ..RetryPolicy::default()
        },
        ..Subscription::new(consumer, ["test.happened"])
    }
}

/// Makes one `#[tokio::test]` of every check, for a type that is [`Storage`].
#[macro_export]
macro_rules! conformance_tests {
    ($storage:ty) => {
        $crate::conformance_tests!(@each $storage:
            published_events_survive_a_restart,
            published_events_survive_a_crash,
            an_id_is_published_once,
            an_empty_batch_is_fine,
            what_a_crash_left_unfinished_comes_again,
            nothing_is_repeated_after_a_shutdown,
            attempts_are_counted_across_a_restart,
            order_is_kept_under_parallel_failures,
            order_is_kept_over_crashes,
            others_flow_while_an_event_backs_off,
            a_stuck_aggregate_with_many_successors_stops_nobody,
            an_event_waits_for_what_is_not_available,
            an_outage_costs_no_attempt_over_a_restart,
            after_a_dead_letter_its_successors_flow,
            a_dead_letter_stays_dead_after_a_crash,
            a_replayed_dead_letter_is_delivered_again,
            a_replay_that_fails_is_a_dead_letter_again,
            a_dead_letter_that_changes_is_listed_once,
            a_replay_runs_while_its_successor_backs_off,
            a_dropped_dead_letter_is_gone,
            a_rewound_consumer_gets_its_events_again,
            a_dead_letter_is_rewound_with_the_rest,
            an_unknown_consumer_can_not_be_rewound,
            a_handler_that_panics_has_failed,
            subscribers_are_independent,
            a_slow_subscriber_holds_nobody,
            no_more_handlers_run_than_asked_for,
            only_wanted_kinds_are_delivered,
            a_consumer_may_start_with_what_comes,
            a_consumer_may_start_with_each_kind_elsewhere,
            an_added_kind_may_start_with_what_comes,
            an_added_kind_may_start_at_the_beginning,
            a_handler_is_told_the_consumers_name,
            memory_is_filled_again_at_start,
            an_event_that_comes_too_early_waits_for_what_it_needs,
            an_event_that_waits_in_vain_is_a_dead_letter,
            a_refused_event_is_handled,
            a_broken_event_is_a_dead_letter_at_once,
            every_minute_and_hour_ticks_once,
            ticks_of_an_outage_are_one,
            a_tick_that_fails_makes_way_for_the_next,
            ticks_are_not_kept,
        );
    };
    (@each $storage:ty: $($check:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let storage = <$storage as $crate::conformance::Storage>::fresh().await;
                $crate::conformance::$check(&storage).await;
            }
        )*
    };
}
