//! The bus on JetStream passes the suite.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use lyceum_events::conformance::{BusUnderTest, Storage, event};
use lyceum_events::{
    Clock, Error, Event, EventBus, Handler, JetStreamBus, JetStreamOptions, PublishError, Publisher, Rewind,
    Subscription,
};
use lyceum_private_servers::NatsServer;

/// One server for all checks, each with streams of its own.
fn server() -> &'static NatsServer {
    static SERVER: OnceLock<NatsServer> = OnceLock::new();
    SERVER.get_or_init(|| NatsServer::start().expect("started"))
}

struct Streams(String);

struct Opened(Arc<JetStreamBus>);

#[async_trait]
impl Storage for Streams {
    type Bus = Opened;

    async fn fresh() -> Self {
        Self(format!("test-{:016x}", rand::random::<u64>()))
    }

    async fn open_at(&self, clock: Arc<dyn Clock>) -> Opened {
        // A host that crashed is missed sooner than in earnest.
        let expiry = Duration::from_millis(500);
        let options = JetStreamOptions { expiry, clock, ..JetStreamOptions::default() };
        Opened(JetStreamBus::connect(&server().url(), &self.0, options).await.expect("opened"))
    }
}

#[async_trait]
impl Publisher for Opened {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        // As a relay does: the streams may not be made yet.
        for _ in 0..200 {
            if self.0.publish(events.clone()).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
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
        let page = self.0.ledger().dead_letters(Some(consumer), 1000, None).await.expect("listed");
        page.items.into_iter().map(|letter| letter.record.event.id).collect()
    }

    async fn replay(&self, consumer: &str, id: &str) {
        // May be gone in the meantime, when it was handled.
        drop(self.0.ledger().replay(consumer, id).await);
    }

    async fn drop_dead_letter(&self, consumer: &str, id: &str) {
        self.0.ledger().drop_dead_letter(consumer, id).await.expect("dropped");
    }

    async fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error> {
        self.0.ledger().rewind(consumer, to).await
    }

    async fn shutdown(self) {
        self.0.shutdown().await;
    }

    async fn crash(self) {
        drop(self);
    }
}

lyceum_events::conformance_tests!(Streams);

/// Streams are made one after the other, while others already publish and look.
#[tokio::test(flavor = "multi_thread")]
async fn where_something_is_published_dead_letters_can_be_listed() {
    for _ in 0..20 {
        let bus = Streams::fresh().await.open().await;
        let published = async { while bus.0.publish(vec![event("a", 1)]).await.is_err() {} };
        tokio::time::timeout(Duration::from_mins(1), published).await.expect("published");
        assert_eq!(bus.dead_letters("c").await, [""; 0]);
        bus.shutdown().await;
    }
}
