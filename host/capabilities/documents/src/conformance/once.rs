//! At most once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::{Subject, THINGS, delete, event, once, patch, put, read, refusal, soon, written};
use crate::{Clock, Documents, Error, Once, Options, Outcome, Remembered, Write, id_of_once};

const SCOPE: &str = "u1 POST /things";

fn keyed(write: Write, key: &str) -> Write {
    Write { once: Some(once(key)), ..write }
}

async fn recall(documents: &dyn Documents, key: &str) -> Option<Remembered> {
    documents.recall(THINGS, SCOPE, key, "f1", soon()).await.unwrap()
}

/// Repeating any write changes nothing and gets the first answer.
pub async fn the_second_time_is_a_duplicate(subject: &dyn Subject) {
    let documents = subject.open().await;
    let writes = [
        (keyed(put("a", r#"{"n":1}"#), "k1"), 1),
        (keyed(patch("a", r#"{"n":2}"#), "k2"), 2),
        (Write { expected_version: Some(2), ..keyed(put("a", r#"{"n":3}"#), "k3") }, 3),
        (keyed(delete("a"), "k4"), 4),
    ];
    for (write, version) in &writes {
        assert_eq!(written(&*documents, write.clone()).await.version, *version);
    }
    let again = subject.connect(Options::default()).await;
    for (write, version) in writes {
        let remembered = Remembered { id: "a".into(), version, answer: "answer".into() };
        assert_eq!(documents.write(write.clone(), soon()).await, Ok(Outcome::Duplicate(remembered.clone())));
        assert_eq!(again.write(write, soon()).await, Ok(Outcome::Duplicate(remembered)));
    }
    assert_eq!(read(&*documents, "a").await, None);
    assert_eq!((documents.statistics().duplicates.get(), documents.statistics().writes.get()), (4, 4));
    // Another scope or collection is another key.
    let mut elsewhere = keyed(put("b", "{}"), "k1");
    if let Some(once) = &mut elsewhere.once {
        once.scope = "u2 POST /things".into();
    }
    written(&*documents, elsewhere).await;
}

/// A creation that is repeated must find what the first one made.
pub async fn a_created_document_has_the_id_of_its_key(subject: &dyn Subject) {
    let documents = subject.open().await;
    let create = Write { id: None, ..keyed(put("", r#"{"n":1}"#), "k1") };
    let made = written(&*documents, create.clone()).await;
    assert_eq!(made.id, id_of_once(THINGS, SCOPE, "k1"));
    // Guests compute it too, so it may never change.
    assert_eq!(made.id, "6bf1dfca-6348-5dcc-9f07-2111c27ade36");
    assert_eq!(uuid::Uuid::parse_str(&made.id).unwrap().get_version_num(), 5);
    assert!(
        matches!(documents.write(create, soon()).await, Ok(Outcome::Duplicate(found)) if found.id == made.id)
    );
    let free = Write { id: None, ..put("", "{}") };
    let (one, two) = (written(&*documents, free.clone()).await, written(&*documents, free).await);
    assert_ne!(one.id, two.id);
    assert_eq!(uuid::Uuid::parse_str(&one.id).unwrap().get_version_num(), 7);
}

/// Before a handler runs.
pub async fn recall_gives_the_first_answer(subject: &dyn Subject) {
    let documents = subject.open().await;
    assert_eq!(recall(&*documents, "k").await, None);
    written(&*documents, keyed(put("a", "{}"), "k")).await;
    written(&*documents, put("a", "{}")).await;
    assert_eq!(
        recall(&*documents, "k").await,
        Some(Remembered { id: "a".into(), version: 1, answer: "answer".into() })
    );
    assert_eq!(documents.recall(THINGS, "another", "k", "f1", soon()).await, Ok(None));
    let unknown = documents.recall(THINGS, SCOPE, "other", "f1", soon()).await;
    assert_eq!(unknown, Ok(None));
}

/// One key, two requests.
pub async fn another_fingerprint_is_refused(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, keyed(put("a", "{}"), "k")).await;
    for id in ["a", "b"] {
        let mut other = keyed(put(id, r#"{"x":1}"#), "k");
        if let Some(once) = &mut other.once {
            once.fingerprint = "f2".into();
        }
        assert_eq!(refusal(&*documents, other).await, Error::KeyReused);
    }
    assert_eq!(documents.recall(THINGS, SCOPE, "k", "f2", soon()).await, Err(Error::KeyReused));
    assert_eq!(read(&*documents, "a").await.unwrap().body, "{}");
    assert_eq!(read(&*documents, "b").await, None);
}

/// Only what was done is remembered.
pub async fn a_refused_write_leaves_no_key(subject: &dyn Subject) {
    let documents = subject.open().await;
    assert_eq!(refusal(&*documents, keyed(patch("a", "{}"), "k")).await, Error::NotFound);
    assert_eq!(recall(&*documents, "k").await, None);
    for large in [
        Once { key: "k".repeat(256), ..once("") },
        Once { answer: vec![0; 64 * 1024 + 1].into(), ..once("k") },
    ] {
        let write = Write { once: Some(large), ..put("a", "{}") };
        assert!(matches!(refusal(&*documents, write).await, Error::TooLarge(_)));
    }
    written(&*documents, keyed(put("a", "{}"), "k")).await;
}

/// A repeated creation doesn't bring a deleted document back.
pub async fn a_key_outlives_its_document(subject: &dyn Subject) {
    let documents = subject.open().await;
    let create = Write { id: None, ..keyed(put("", "{}"), "k") };
    let id = written(&*documents, create.clone()).await.id;
    written(&*documents, delete(&id)).await;
    assert!(matches!(documents.write(create, soon()).await, Ok(Outcome::Duplicate(_))));
    assert_eq!(read(&*documents, &id).await, None);
}

/// The time that a key is kept.
pub async fn expired_keys_are_absent(subject: &dyn Subject) {
    let seconds = Arc::new(AtomicU64::new(1_700_000_000));
    let shown = Arc::clone(&seconds);
    let clock =
        Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(shown.load(Ordering::Relaxed)));
    let documents = subject.open_with(Options { clock, ..Options::default() }).await;
    let short = |id: &str| Write { once: Some(Once { keep_seconds: 60, ..once("short") }), ..put(id, "{}") };
    written(&*documents, short("a")).await;
    written(&*documents, keyed(put("a", "{}"), "for ever")).await;
    seconds.fetch_add(59, Ordering::Relaxed);
    assert!(recall(&*documents, "short").await.is_some());
    assert!(matches!(documents.write(short("a"), soon()).await, Ok(Outcome::Duplicate(_))));
    seconds.fetch_add(1, Ordering::Relaxed);
    assert!(recall(&*documents, "short").await.is_none());
    assert!(recall(&*documents, "for ever").await.is_some());
    // It can be used again, also for another request.
    let mut again = short("a");
    if let Some(once) = &mut again.once {
        once.fingerprint = "f2".into();
    }
    written(&*documents, again.clone()).await;
    assert!(matches!(documents.write(again, soon()).await, Ok(Outcome::Duplicate(_))));
    assert!(recall(&*documents, "for ever").await.is_some());
}

/// Repeated while the first is on its way.
pub async fn of_concurrent_duplicates_one_is_done(subject: &dyn Subject) {
    let documents = subject.open().await;
    let beside = subject.connect(Options::default()).await;
    for round in 0..8 {
        let attempts: Vec<_> = (0..6)
            .map(|attempt| {
                let documents = Arc::clone(if attempt % 2 == 0 { &documents } else { &beside });
                let events = vec![event(&format!("{round}-{attempt}"))];
                let write = Write { id: None, events, ..keyed(put("", "{}"), &format!("k{round}")) };
                tokio::spawn(async move { documents.write(write, soon()).await })
            })
            .collect();
        let (mut done, mut duplicates) = (0, 0);
        for attempt in attempts {
            match attempt.await.unwrap().unwrap() {
                Outcome::Written(_) => done += 1,
                Outcome::Duplicate(_) => duplicates += 1,
            }
        }
        assert_eq!((done, duplicates), (1, 5));
        let id = id_of_once(THINGS, SCOPE, &format!("k{round}"));
        assert_eq!(read(&*documents, &id).await.unwrap().version, 1);
    }
}
