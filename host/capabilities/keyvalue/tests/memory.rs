//! The store in memory passes the suite, and keeps its bound.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lyceum_keyvalue::conformance::{LIFE, StoreUnderTest};
use lyceum_keyvalue::{Bucket, BucketOptions, Clock, MemoryStore};

/// A clock that stands still until it is turned.
#[derive(Clone, Default)]
struct TurnedClock(Arc<Mutex<Duration>>);

impl Clock for TurnedClock {
    fn now(&self) -> Duration {
        *self.0.lock().expect("not poisoned")
    }
}

struct Store {
    clock: TurnedClock,
    store: MemoryStore,
}

#[async_trait]
impl StoreUnderTest for Store {
    async fn fresh() -> Self {
        let clock = TurnedClock::default();
        Self { store: MemoryStore::with_clock(Arc::new(clock.clone())), clock }
    }

    async fn bucket(&self, component: &str, name: &str, expires: bool) -> Arc<dyn Bucket> {
        let time_to_live = expires.then_some(LIFE);
        self.store.bucket(component, name, BucketOptions { time_to_live, ..BucketOptions::default() })
    }

    async fn pass(&self, time: Duration) {
        *self.clock.0.lock().expect("not poisoned") += time;
    }
}

lyceum_keyvalue::conformance_tests!(Store);

#[tokio::test]
async fn a_full_bucket_drops_what_was_set_first() {
    let bucket =
        MemoryStore::new().bucket("c", "b", BucketOptions { entries: 3, ..BucketOptions::default() });
    for key in ["a", "b", "c"] {
        bucket.set(key, "1".into()).await.expect("set");
    }
    bucket.set("a", "2".into()).await.expect("set again");
    bucket.increment("n", 1).await.expect("counted");
    assert_eq!(bucket.entries(), 3);
    assert_eq!(bucket.list_keys(None).await.expect("listed").0, ["c", "a", "n"]);
}

#[tokio::test]
async fn endless_keys_take_bounded_memory() {
    let bucket =
        MemoryStore::new().bucket("c", "b", BucketOptions { entries: 100, ..BucketOptions::default() });
    for n in 0..10_000 {
        bucket.increment(&format!("caller-{n}"), 1).await.expect("counted");
        assert!(bucket.entries() <= 100);
    }
    assert!(bucket.set(&"k".repeat(2000), "1".into()).await.is_err(), "nor are keys endless");
}
