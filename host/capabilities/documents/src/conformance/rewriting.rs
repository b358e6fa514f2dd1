//! Saying the same in another form.

use std::sync::Arc;

use lyceum_events::conformance::RecordingBus;

use super::{Subject, delete, event, find, once, patch, put, read, refusal, rewrite, soon, until, written};
use crate::{Error, Outcome, Write, Written};

/// Only the body is another one.
pub async fn a_rewritten_body_keeps_version_events_and_keys(subject: &dyn Subject) {
    let documents = subject.open().await;
    let first = Write { events: vec![event("e1")], once: Some(once("k1")), ..put("x", r#"{"a":1}"#) };
    written(&*documents, first.clone()).await;
    written(&*documents, patch("x", r#"{"b":{"c":2}}"#)).await;
    let body = r#"{"a":"one","b":{"c":2}}"#;
    for _ in 0..2 {
        let done = written(&*documents, rewrite("x", 2, body)).await;
        assert_eq!(done, Written { id: "x".into(), version: 2, body: Some(body.into()) });
    }
    let found = read(&*documents, "x").await.unwrap();
    assert_eq!((found.version, found.body.as_str()), (2, body));
    // Indexes follow.
    for (filter, count) in [(r#"{"a":1}"#, 0), (r#"{"a":"one"}"#, 1), (r#"{"b.c":2}"#, 1)] {
        assert_eq!(documents.find(find(filter), soon()).await.unwrap().documents.len(), count, "{filter}");
    }
    assert!(matches!(documents.write(first, soon()).await, Ok(Outcome::Duplicate(_))));
    written(&*documents, Write { events: vec![event("e2")], ..delete("x") }).await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("both events", async || bus.events().len() >= 2).await;
    relay.shutdown().await;
    bus.assert_ordered();
    assert_eq!(bus.events().len(), 2, "rewriting is no event");
}

/// What was computed from an older body never takes the place of a newer one.
pub async fn a_rewrite_is_refused_once_the_document_was_changed(subject: &dyn Subject) {
    let documents = subject.open().await;
    assert_eq!(refusal(&*documents, rewrite("x", 1, "{}")).await, Error::NotFound);
    written(&*documents, put("x", r#"{"a":1}"#)).await;
    written(&*documents, put("x", r#"{"a":2}"#)).await;
    for version in [1, 3, u64::MAX] {
        assert_eq!(refusal(&*documents, rewrite("x", version, "{}")).await, Error::Expectation(2));
    }
    assert_eq!(read(&*documents, "x").await.unwrap().body, r#"{"a":2}"#);
    written(&*documents, delete("x")).await;
    for version in [2, 3] {
        assert_eq!(refusal(&*documents, rewrite("x", version, "{}")).await, Error::NotFound);
    }
}

/// It has to say which version it read, and tells nobody.
pub async fn a_rewrite_is_for_a_version_and_nothing_else(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("x", r#"{"a":1}"#)).await;
    for wrong in [
        rewrite("x", 0, "{}"),
        Write { expected_version: None, ..rewrite("x", 1, "{}") },
        Write { id: None, ..rewrite("x", 1, "{}") },
        Write { events: vec![event("e")], ..rewrite("x", 1, "{}") },
        Write { once: Some(once("k")), ..rewrite("x", 1, "{}") },
        rewrite("x", 1, "[]"),
        rewrite("x", 1, r#"{"$a":1}"#),
    ] {
        let error = refusal(&*documents, wrong.clone()).await;
        assert!(matches!(error, Error::Invalid(_)), "{wrong:?}: {error:?}");
    }
    assert_eq!(read(&*documents, "x").await.unwrap().body, r#"{"a":1}"#);
}

/// A rewrite and a change of one document come one after the other.
pub async fn of_parallel_rewrites_and_patches_no_patch_is_lost(subject: &dyn Subject) {
    const PATCHES: u64 = 20;
    let documents = subject.open().await;
    written(&*documents, put("x", "{}")).await;
    let patching = Arc::clone(&documents);
    let patches = tokio::spawn(async move {
        for number in 0..PATCHES {
            written(&*patching, patch("x", &format!(r#"{{"m{number}":1}}"#))).await;
        }
    });
    while !patches.is_finished() {
        let found = read(&*documents, "x").await.unwrap();
        match documents.write(rewrite("x", found.version, &found.body), soon()).await {
            Ok(Outcome::Written(_)) | Err(Error::Expectation(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    patches.await.unwrap();
    let found = read(&*documents, "x").await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((found.version, body.as_object().unwrap().len() as u64), (PATCHES + 1, PATCHES));
}
