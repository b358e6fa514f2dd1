//! Lyceum's events capability: publishing, and delivery to subscribers.
//!
//! What a bus guarantees:
//! - **Durable.** Once [`Publisher::publish`] has returned, the events survive a crash. An id is
//!   taken once; publishing it again changes nothing.
//! - **At least once.** A subscriber gets an event until its [`Handler`] answered `Ok`. It may get
//!   it again after a crash, so it recognises repeated events by their id.
//! - **No outage costs an event.** Attempts that end with [`Failure::Unavailable`] are not counted, nor those that end with
//!   [`Failure::NotYet`], for some minutes.
//! - **In order per aggregate and consumer.** While an event backs off, later events of that
//!   aggregate wait and all others flow. After the last attempt it becomes a dead letter and its
//!   successors flow; `sequence` shows the gap.
//! - **What is told to a live channel is told to every host,** once it is committed, and is no part of the log.
//! - **Time is an event, but not in the log.** Of the ticks of a minute or an hour a consumer is given the newest.
//!
//! Start reading at [`Bus`], the bus inside one process, or [`JetStreamBus`], the one that hosts share. Both
//! pass the same suite, the module `conformance` behind the feature of that name. What a store with an outbox shares with
//! the others is [`RelayHandle`].

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub mod backup;
mod bus;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod delivery;
mod error;
mod failure;
mod jetstream;
mod live;
mod options;
mod relay;
mod rewind;
mod starts;
mod statistics;
mod ticks;

pub use bus::{Blocked, Bus, DeadLetter, EventFilter, EventRecord, Ledger, Page, Subscriber};
pub use clock::{Clock, SystemClock};
pub use error::Error;
pub use failure::Failure;
pub use jetstream::{JetStreamBus, JetStreamLedger, JetStreamOptions};
pub use live::{LIVE, LiveListener};
pub use options::{Mode, Observer, Options, RetryPolicy, Start, Subscription};
pub use relay::{Counter, Outbox, OutboxError, RelayHandle, RelayStatistics, Stored};
pub use rewind::Rewind;
pub use starts::{KindStart, Starts};
pub use statistics::ConsumerStatistics;

/// An event on its way from an outbox to the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unique for ever; publishing the same id again changes nothing.
    pub id: String,
    /// The CloudEvents `type`, such as `lyceum.auth.UserCreated.v1`.
    pub kind: String,
    /// What the event is about, such as `user`.
    pub aggregate_type: String,
    /// With `aggregate_type` decides the order of delivery.
    pub aggregate_id: String,
    /// Counts from 1 per aggregate, without gaps.
    pub sequence: u64,
    /// The whole event as structured CloudEvents JSON.
    pub body: Bytes,
}

/// Takes events for good.
#[async_trait]
pub trait Publisher: Send + Sync + 'static {
    /// Returns once all of them are durable, in this order. An id that was published before is
    /// skipped, so a batch may be repeated after an error or a crash.
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError>;
}

/// The bus could not take the events; try again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event bus is unavailable: {0}")]
pub struct PublishError(pub String);

/// A bus: takes events, and hands them to subscribers.
#[async_trait]
pub trait EventBus: Publisher {
    /// Begins to deliver events to `handler`, from where the consumer stood.
    ///
    /// # Errors
    /// [`Error::AlreadySubscribed`] in this process, and those of the log.
    async fn subscribe(&self, subscription: Subscription, handler: Arc<dyn Handler>) -> Result<(), Error>;

    /// Begins to deliver the events of time, `lyceum.tick.minute` and `lyceum.tick.hour`: at once those of the minute and
    /// hour that run, then each at its beginning. They are not in the log. A consumer that could not handle some is given
    /// the newest; those that came while no host ran are not made up for. With several hosts each tick is given to one.
    /// Must be called inside a tokio runtime.
    fn spawn_ticks(&self);

    /// Tells the messages to live channels, of all hosts, to the first listener that is given: see [`LIVE`]. Must be called
    /// inside a tokio runtime.
    fn listen(&self, listener: Arc<dyn LiveListener>);

    /// Returns once the consumers with [`Subscription::replay_at_start`] have what they had before this host started,
    /// apart from events that wait behind one that failed. Never, if the bus ends before.
    async fn caught_up(&self);

    /// How each consumer is doing in this process.
    fn statistics(&self) -> Vec<ConsumerStatistics>;

    /// Whether events can be published, asked for at most `patience`.
    ///
    /// # Errors
    /// Why they can't.
    async fn ping(&self, patience: Duration) -> Result<(), Error>;

    /// Hands out nothing more, waits for running handlers, and writes all progress. Publishing fails from
    /// then on.
    async fn shutdown(&self);
}

/// One attempt to hand an event to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event: Event,
    /// Counts from 1. Attempts for which something was not available are left out.
    pub attempt: u32,
    /// Under which name the handler remembers that it has handled the event. None for events from a time when handlers
    /// were not told: they are remembered by the component's name alone, so that one that is delivered again after an
    /// upgrade is recognised.
    pub consumer: Option<Arc<str>>,
}

impl Delivery {
    /// The event's body, in which the attribute `consumer` names the consumer, if there is a name.
    pub fn body(&self) -> Bytes {
        let (Some(consumer), Some(members)) = (&self.consumer, self.event.body.strip_prefix(b"{")) else {
            return self.event.body.clone();
        };
        let name = serde_json::Value::from(&**consumer).to_string();
        let separator: &[u8] = if members.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
        Bytes::from([br#"{"consumer":"#, name.as_bytes(), separator, members].concat())
    }
}

/// What a subscription hands its events to.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// `Ok` means handled for good. `Err` is why it was not; it will be delivered again later.
    async fn handle(&self, delivery: Delivery) -> Result<(), Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivered_body_names_its_consumer() {
        let body = |body: &'static str, consumer: Option<&str>| {
            let event = Event {
                id: "e1".into(),
                kind: "k".into(),
                aggregate_type: "t".into(),
                aggregate_id: "a".into(),
                sequence: 1,
                body: Bytes::from_static(body.as_bytes()),
            };
            Delivery { event, attempt: 1, consumer: consumer.map(Into::into) }.body()
        };
        assert_eq!(body(r#"{"id":"e1"}"#, Some("a/reaction")), r#"{"consumer":"a/reaction","id":"e1"}"#);
        assert_eq!(body("{ }", Some("a")), r#"{"consumer":"a" }"#);
        assert_eq!(body(r#"{"id":"e1"}"#, None), r#"{"id":"e1"}"#);
        assert_eq!(body("no JSON", Some("a")), "no JSON");
    }
}
