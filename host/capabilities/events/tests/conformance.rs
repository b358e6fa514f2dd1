//! The bus on a file passes the suite.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::Arc;

use async_trait::async_trait;
use lyceum_events::conformance::{BusUnderTest, Storage};
use lyceum_events::{
    Bus, Clock, Error, Event, EventBus, Handler, Options, PublishError, Publisher, Rewind, Subscription,
};
use tempfile::TempDir;

struct Folder(TempDir);

struct Opened(Arc<Bus>);

#[async_trait]
impl Storage for Folder {
    type Bus = Opened;

    async fn fresh() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    async fn open_at(&self, clock: Arc<dyn Clock>) -> Opened {
        let options = Options { clock, ..Options::default() };
        Opened(Bus::open(self.0.path().join("events.db"), options).expect("opened"))
    }
}

#[async_trait]
impl Publisher for Opened {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        self.0.publish(events).await
    }
}

#[async_trait]
impl BusUnderTest for Opened {
    async fn subscribe(&self, subscription: Subscription, handler: Arc<dyn Handler>) {
        self.0.subscribe(subscription, handler).await.expect("subscribed");
    }

    fn spawn_ticks(&self) {
        self.0.spawn_ticks();
    }

    async fn caught_up(&self) {
        EventBus::caught_up(&*self.0).await;
    }

    async fn dead_letters(&self, consumer: &str) -> Vec<String> {
        let ledger = self.0.ledger().expect("opened");
        let page = ledger.dead_letters(Some(consumer), 1000, None).expect("listed");
        page.items.into_iter().map(|letter| letter.record.event.id).collect()
    }

    async fn replay(&self, consumer: &str, id: &str) {
        // May be gone in the meantime, when it was handled.
        drop(self.0.ledger().expect("opened").replay(consumer, id));
    }

    async fn drop_dead_letter(&self, consumer: &str, id: &str) {
        self.0.ledger().expect("opened").drop_dead_letter(consumer, id).expect("dropped");
    }

    async fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error> {
        self.0.ledger().expect("opened").rewind(consumer, to)
    }

    async fn shutdown(self) {
        self.0.shutdown().await;
    }

    async fn crash(self) {
        drop(self);
    }
}

lyceum_events::conformance_tests!(Folder);
