//! The suite that every backend passes.
//!
//! A backend's test says how its storage is made and opened, then has one test made of each check:
//!
//! ```ignore
//! lyceum_documents::conformance_tests!(on_sqlite, OnSqlite::new());
//! ```
//!
//! Every check has storage of its own, so they run in any order and side by side.

// This is test code that other crates' tests call; a failed expectation is its way to speak.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used
)]

mod declarations;
mod events;
mod finding;
mod generate;
mod once;
mod relay;
mod rewriting;
mod writing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::{
    Backend, Change, Collection, Document, Documents, Error, Event, Find, Index, Once, Options, Outcome,
    Write, Written,
};

pub use declarations::*;
pub use events::*;
pub use finding::*;
pub use once::*;
pub use relay::*;
pub use rewriting::*;
pub use writing::*;

/// A place that holds one service's documents: fresh for every check.
#[async_trait]
pub trait Subject: Send + Sync {
    /// Opens it; again after it was dropped, or beside one that is open.
    async fn connect(&self, options: Options) -> Arc<dyn Backend>;

    /// Whether an array may hold arrays; some servers that speak MongoDB's protocol can't keep them.
    fn keeps_nested_arrays(&self) -> bool {
        true
    }

    /// Opens it with the suite's collection.
    async fn open(&self) -> Arc<dyn Backend> {
        self.open_with(Options::default()).await
    }

    /// Opens it with the suite's collection and other options.
    async fn open_with(&self, options: Options) -> Arc<dyn Backend> {
        let documents = self.connect(options).await;
        documents.migrate(&collections()).await.expect("the suite's collection can be made");
        documents
    }
}

/// The suite's collection.
pub const THINGS: &str = "things";

/// The suite's declaration.
pub fn collections() -> Vec<Collection> {
    let indexes = vec![
        Index { name: "by_a".into(), fields: vec!["a".into()] },
        Index { name: "by_b_c".into(), fields: vec!["b.c".into(), "a".into()] },
    ];
    vec![Collection { name: THINGS.into(), indexes }]
}

/// Long enough for a busy machine.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

/// A put of the whole document.
pub fn put(id: &str, body: &str) -> Write {
    Write::new(THINGS, id, Change::Put(body.into()))
}

/// A merge patch.
pub fn patch(id: &str, body: &str) -> Write {
    Write::new(THINGS, id, Change::Patch(body.into()))
}

/// The same in another form, for the version that has it.
pub fn rewrite(id: &str, version: u64, body: &str) -> Write {
    Write { expected_version: Some(version), ..Write::new(THINGS, id, Change::Rewrite(body.into())) }
}

/// A deletion.
pub fn delete(id: &str) -> Write {
    Write::new(THINGS, id, Change::Delete)
}

/// An event of the document that it is written with.
pub fn event(id: &str) -> Event {
    Event { id: id.into(), kind: "lyceum.test.Happened.v1".into(), data: "{}".into(), ..Event::default() }
}

/// A key for ever.
pub fn once(key: &str) -> Once {
    Once {
        scope: "u1 POST /things".into(),
        key: key.into(),
        fingerprint: "f1".into(),
        keep_seconds: 0,
        answer: "answer".into(),
    }
}

/// A find of everything that a filter holds for.
pub fn find(filter: &str) -> Find {
    Find { collection: THINGS.into(), filter: filter.into(), ..Find::default() }
}

/// Writes, and expects that it was done now.
pub async fn written(documents: &dyn Documents, write: Write) -> Written {
    match documents.write(write.clone(), soon()).await {
        Ok(Outcome::Written(written)) => written,
        other => panic!("{write:?}: {other:?}"),
    }
}

/// One document.
pub async fn read(documents: &dyn Documents, id: &str) -> Option<Document> {
    documents.get(THINGS, vec![id.into()], soon()).await.expect("a document can be read").remove(0)
}

/// Why a write was refused.
pub async fn refusal(documents: &dyn Documents, write: Write) -> Error {
    match documents.write(write.clone(), soon()).await {
        Err(error) => error,
        done => panic!("{write:?}: {done:?}"),
    }
}

/// Waits until it is so.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let end = soon();
    while !holds().await {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Makes one `#[tokio::test]` of every check.
#[macro_export]
macro_rules! conformance_tests {
    ($backend:ident, $new:expr) => {
        mod $backend {
            $crate::conformance_tests!(@each $new;
                a_document_lives_and_ends,
                versions_go_on_over_a_deletion,
                a_write_is_for_the_version_it_names,
                what_is_not_there_cannot_be_changed,
                patches_merge,
                a_rewritten_body_keeps_version_events_and_keys,
                a_rewrite_is_refused_once_the_document_was_changed,
                a_rewrite_is_for_a_version_and_nothing_else,
                of_parallel_rewrites_and_patches_no_patch_is_lost,
                bodies_come_back_as_they_went_in,
                what_is_wrong_with_a_write_is_invalid,
                an_undeclared_collection_is_invalid,
                deadlines_hold,
                documents_survive_reopening,
                of_parallel_writers_of_one_version_one_wins,
                parallel_patches_lose_nothing,
                the_second_time_is_a_duplicate,
                a_created_document_has_the_id_of_its_key,
                recall_gives_the_first_answer,
                another_fingerprint_is_refused,
                a_refused_write_leaves_no_key,
                a_key_outlives_its_document,
                expired_keys_are_absent,
                of_concurrent_duplicates_one_is_done,
                events_are_numbered_per_document,
                sequences_go_on_over_a_deletion,
                an_event_is_about_its_document,
                events_of_a_refused_write_never_were,
                an_event_that_the_service_does_not_declare_is_refused,
                everything_written_is_published_in_order,
                a_write_wakes_the_relay,
                a_flaky_bus_gets_each_event_in_order,
                what_was_left_behind_is_published_after_a_restart,
                writers_and_relay_do_not_disturb_each_other,
                filters_mean_what_the_model_says,
                every_filter_means_what_the_model_says,
                pages_follow_each_other_in_order,
                every_order_is_the_models,
                a_page_of_large_documents_is_shorter,
                wrong_queries_are_invalid,
                declarations_are_made_once,
                declarations_that_are_wrong_are_refused,
                several_hosts_may_declare_at_once,
            );
        }
    };
    (@each $new:expr; $($check:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                $crate::conformance::$check(&$new).await;
            }
        )*
    };
}
