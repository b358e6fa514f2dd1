//! The store in memory passes the suite, and keeps its bound.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lyceum_keyvalue::conformance::{LIFE, StoreUnderTest};
use lyceum_keyvalue::{Bucket, BucketOptions, Clock, Error, MemoryStore, WhenFull};

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

#[tokio::test]
async fn a_full_bucket_that_refuses_forgets_nothing_that_lives_and_counts_what_it_refused() {
    let (clock, life) = (TurnedClock::default(), Duration::from_secs(20));
    let store = MemoryStore::with_clock(Arc::new(clock.clone()));
    let options = BucketOptions {
        time_to_live: Some(life),
        entries: 2,
        when_full: WhenFull::Refuse,
        ..BucketOptions::default()
    };
    let bucket = store.bucket("gateway", "revocations", options);
    bucket.set_many(vec![("a".into(), "1".into()), ("b".into(), "1".into())]).await.expect("room");
    assert_eq!(bucket.set("c", "1".into()).await, Err(Error::Full));
    assert_eq!(bucket.set_many(vec![("d".into(), "1".into())]).await, Err(Error::Full));
    assert_eq!(bucket.increment("n", 1).await, Err(Error::Full));
    assert_eq!((bucket.exists("a").await, bucket.exists("b").await), (Ok(true), Ok(true)));
    let statistics = store.statistics().pop().expect("one bucket");
    assert_eq!((statistics.entries, statistics.evicted, statistics.refused), (2, 0, 3));
    *clock.0.lock().expect("not poisoned") += life;
    bucket.set("c", "1".into()).await.expect("room again");
}
