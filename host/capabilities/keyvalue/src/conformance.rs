//! The suite that every backend passes.
//!
//! A backend's test says how buckets are made and how time passes, then has one test made of each
//! check:
//!
//! ```ignore
//! lyceum_keyvalue::conformance_tests!(MyStore);
//! ```

// This is test code that other crates' tests call; a failed expectation is its way to speak.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Bucket, Error};

/// A store under test, empty at first.
#[async_trait]
pub trait StoreUnderTest: Send + Sync + 'static {
    /// An empty store.
    async fn fresh() -> Self;
    /// A bucket in which values live for [`LIFE`] if `expires`, which holds at least 5,000 entries
    /// and values of 64 KiB, but none of 2 MiB.
    async fn bucket(&self, component: &str, name: &str, expires: bool) -> Arc<dyn Bucket>;
    /// Lets time pass.
    async fn pass(&self, time: Duration);
}

/// How long values live in a bucket that expires them.
pub const LIFE: Duration = Duration::from_millis(1500);

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// All keys of all pages, of which any may be empty, and how many pages there were.
async fn list(bucket: &dyn Bucket) -> (Vec<String>, usize) {
    let (mut listed, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let (keys, next) = bucket.list_keys(cursor).await.expect("listed");
        listed.extend(keys);
        pages += 1;
        cursor = next;
        if cursor.is_none() {
            return (listed, pages);
        }
    }
}

/// Who writes reads what was written, until it is deleted.
pub async fn a_value_is_read_as_written<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    assert_eq!(bucket.get("key").await, Ok(None));
    assert_eq!(bucket.exists("key").await, Ok(false));
    for value in
        [bytes("one"), Bytes::new(), Bytes::from(vec![0_u8, 255, 10, 13]), Bytes::from(vec![7; 65_536])]
    {
        bucket.set("key", value.clone()).await.expect("set");
        assert_eq!(bucket.get("key").await, Ok(Some(value)));
        assert_eq!(bucket.exists("key").await, Ok(true));
    }
    bucket.delete("key").await.expect("deleted");
    bucket.delete("key").await.expect("an absent key is no error");
    assert_eq!(bucket.get("key").await, Ok(None));
}

/// Keys with odd characters are keys like any other.
pub async fn any_text_is_a_key<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    let keys = ["a:b", "a b", "ключ", "*", "a/../b", "\u{0}", "%", "{x}"];
    for key in keys {
        bucket.set(key, bytes(key)).await.expect("set");
    }
    for key in keys {
        assert_eq!(bucket.get(key).await, Ok(Some(bytes(key))));
    }
    let (mut listed, _) = list(&*bucket).await;
    let mut expected = keys.map(str::to_owned).to_vec();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

/// A component's buckets are its own, and each other's strangers.
pub async fn buckets_are_apart<S: StoreUnderTest>(store: &S) {
    let mine = store.bucket("c", "b", false).await;
    let others = [store.bucket("d", "b", false).await, store.bucket("c", "a", false).await];
    mine.set("key", bytes("mine")).await.expect("set");
    for other in others {
        assert_eq!(other.get("key").await, Ok(None));
        other.delete("key").await.expect("deleted");
        assert!(list(&*other).await.0.is_empty());
    }
    let again = store.bucket("c", "b", false).await;
    assert_eq!(again.get("key").await, Ok(Some(bytes("mine"))));
}

/// A value ends with its time, and setting it again begins its time anew.
pub async fn a_value_lives_as_long_as_it_may<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", true).await;
    bucket.set("old", bytes("1")).await.expect("set");
    bucket.set("new", bytes("1")).await.expect("set");
    store.pass(LIFE * 2 / 3).await;
    bucket.set("new", bytes("2")).await.expect("set again");
    assert_eq!(bucket.get("old").await, Ok(Some(bytes("1"))));
    store.pass(LIFE * 2 / 3).await;
    assert_eq!(bucket.get("old").await, Ok(None));
    assert_eq!(bucket.exists("old").await, Ok(false));
    assert_eq!(bucket.get("new").await, Ok(Some(bytes("2"))));
    assert_eq!(list(&*bucket).await.0, ["new"]);
}

/// A counter begins at 0, reads as decimal text, and its life begins with it and is not prolonged.
pub async fn a_counter_counts_and_ends<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", true).await;
    assert_eq!(bucket.increment("n", 2).await, Ok(2));
    store.pass(LIFE * 2 / 3).await;
    assert_eq!(bucket.increment("n", 5).await, Ok(7));
    assert_eq!(bucket.increment("n", 0).await, Ok(7));
    assert_eq!(bucket.get("n").await, Ok(Some(bytes("7"))));
    store.pass(LIFE * 2 / 3).await;
    assert_eq!(bucket.get("n").await, Ok(None));
    assert_eq!(bucket.increment("n", 1).await, Ok(1), "counts from 0 again");
}

/// What is no number, or would be too large a one, is an error and stays as it was.
pub async fn only_numbers_count<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    for value in ["text", "", "-1", "1.5"] {
        bucket.set("key", bytes(value)).await.expect("set");
        assert!(matches!(bucket.increment("key", 1).await, Err(Error::Other(_))), "{value}");
        assert_eq!(bucket.get("key").await, Ok(Some(bytes(value))));
    }
    bucket.set("key", bytes("41")).await.expect("set");
    assert_eq!(bucket.increment("key", 1).await, Ok(42));
    assert!(matches!(bucket.increment("key", u64::MAX).await, Err(Error::Other(_))));
    assert_eq!(bucket.get("key").await, Ok(Some(bytes("42"))));
}

/// No increment is lost, however many come at once.
pub async fn increments_are_atomic<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let bucket = bucket.clone();
            tokio::spawn(async move {
                let mut answers = Vec::new();
                for _ in 0..100 {
                    answers.push(bucket.increment("n", 1).await.expect("counted"));
                }
                answers
            })
        })
        .collect();
    let mut answers = BTreeSet::new();
    for task in tasks {
        answers.extend(task.await.expect("no panic"));
    }
    assert_eq!(answers, (1..=800).collect(), "everybody got a number of their own");
}

/// The batch calls do what the single ones do, in the order asked.
pub async fn batches_are_like_single_calls<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    bucket.set_many(vec![("a".into(), bytes("1")), ("b".into(), bytes("2"))]).await.expect("set");
    let keys = ["b", "none", "a", "b"].map(str::to_owned);
    let values = bucket.get_many(&keys).await;
    assert_eq!(values, Ok(vec![Some(bytes("2")), None, Some(bytes("1")), Some(bytes("2"))]));
    bucket.delete_many(&keys).await.expect("deleted");
    assert_eq!(bucket.get_many(&keys).await, Ok(vec![None; 4]));
    assert_eq!(bucket.get_many(&[]).await, Ok(Vec::new()));
}

/// Paging shows every key, and each once while nothing changes.
pub async fn all_keys_are_listed<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    let expected: BTreeSet<String> = (0..3500).map(|n| format!("key-{n}")).collect();
    bucket.set_many(expected.iter().map(|key| (key.clone(), bytes("x"))).collect()).await.expect("set");
    let (listed, pages) = list(&*bucket).await;
    assert!(pages > 1, "no page is endless");
    assert_eq!(listed.len(), expected.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);
}

/// A value over the limit is refused and changes nothing; so is a batch that has one.
pub async fn too_large_a_value_is_refused<S: StoreUnderTest>(store: &S) {
    let bucket = store.bucket("c", "b", false).await;
    let large = Bytes::from(vec![0; 2 << 20]);
    bucket.set("key", bytes("small")).await.expect("set");
    assert!(matches!(bucket.set("key", large.clone()).await, Err(Error::Other(_))));
    let batch = vec![("key".to_owned(), bytes("other")), ("large".to_owned(), large)];
    assert!(matches!(bucket.set_many(batch).await, Err(Error::Other(_))));
    assert_eq!(bucket.get("key").await, Ok(Some(bytes("small"))));
    assert_eq!(bucket.get("large").await, Ok(None));
}

/// Makes one `#[tokio::test]` of every check, for a type that is [`StoreUnderTest`].
#[macro_export]
macro_rules! conformance_tests {
    ($store:ty) => {
        $crate::conformance_tests!(@each $store:
            a_value_is_read_as_written,
            any_text_is_a_key,
            buckets_are_apart,
            a_value_lives_as_long_as_it_may,
            a_counter_counts_and_ends,
            only_numbers_count,
            increments_are_atomic,
            batches_are_like_single_calls,
            all_keys_are_listed,
            too_large_a_value_is_refused,
        );
    };
    (@each $store:ty: $($check:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let store = <$store as $crate::conformance::StoreUnderTest>::fresh().await;
                $crate::conformance::$check(&store).await;
            }
        )*
    };
}
