//! At most once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use lyceum_sql::{Clock, Error, Once, Options, Outcome, Remembered, Transaction, Value};

use crate::subject::{Subject, committed, event, insert, soon, statement, text, things, transaction};

fn once(key: &str, keep_seconds: u64) -> Once {
    Once {
        scope: "u1 POST /things".into(),
        key: key.into(),
        fingerprint: "f1".into(),
        keep_seconds,
        answer: Bytes::from_static(b"answer"),
    }
}

/// Adds a thing and returns its id.
fn keyed(key: &str, id: &str) -> Transaction {
    let add = statement("INSERT INTO things (id, label) VALUES ($1, $1) RETURNING id", vec![text(id)]);
    Transaction { once: Some(once(key, 0)), events: vec![event(id, id)], ..transaction(vec![add]) }
}

pub(crate) async fn the_second_time_is_a_duplicate(subject: &dyn Subject) {
    let database = subject.open().await;
    let rows = committed(database.transact(keyed("k", "a"), soon()).await.unwrap());
    let answer = Bytes::from_static(b"answer");
    let remembered = Outcome::Duplicate(Remembered { rows, answer });
    assert_eq!(database.transact(keyed("k", "a"), soon()).await, Ok(remembered.clone()));
    // Also by a host that was started since, and whatever the statements are this time.
    let again = subject.open().await;
    assert_eq!(again.transact(keyed("k", "b"), soon()).await, Ok(remembered));
    let mut elsewhere = keyed("k", "c");
    if let Some(once) = &mut elsewhere.once {
        once.scope = "u2 POST /things".into();
    }
    committed(database.transact(elsewhere, soon()).await.unwrap());
    assert_eq!(things(&*database).await, 2);
    assert_eq!((database.statistics().duplicates.get(), again.statistics().duplicates.get()), (1, 1));
}

pub(crate) async fn recall_gives_the_first_answer(subject: &dyn Subject) {
    let database = subject.open().await;
    assert_eq!(database.recall("u1 POST /things", "k", "f1", soon()).await, Ok(None));
    let rows = committed(database.transact(keyed("k", "a"), soon()).await.unwrap());
    let remembered = database.recall("u1 POST /things", "k", "f1", soon()).await.unwrap().unwrap();
    assert_eq!(remembered, Remembered { rows, answer: Bytes::from_static(b"answer") });
    assert_eq!(remembered.rows[0].rows, [[text("a")]]);
    assert_eq!(database.recall("another", "k", "f1", soon()).await, Ok(None));
}

pub(crate) async fn another_fingerprint_is_refused(subject: &dyn Subject) {
    let database = subject.open().await;
    committed(database.transact(keyed("k", "a"), soon()).await.unwrap());
    let mut other = keyed("k", "b");
    if let Some(once) = &mut other.once {
        once.fingerprint = "f2".into();
    }
    assert_eq!(database.transact(other, soon()).await, Err(Error::KeyReused));
    assert_eq!(database.recall("u1 POST /things", "k", "f2", soon()).await, Err(Error::KeyReused));
    assert_eq!(things(&*database).await, 1);
}

pub(crate) async fn a_failed_transaction_leaves_no_key(subject: &dyn Subject) {
    let database = subject.open().await;
    committed(database.transact(keyed("k1", "a"), soon()).await.unwrap());
    let clash = database.transact(keyed("k2", "a"), soon()).await;
    assert_eq!(clash, Err(Error::Unique("things.id".into())));
    assert_eq!(database.recall("u1 POST /things", "k2", "f1", soon()).await, Ok(None));
    committed(database.transact(keyed("k2", "b"), soon()).await.unwrap());
    for large in [
        Once { key: "k".repeat(256), ..once("", 0) },
        Once { answer: Bytes::from(vec![0; 64 * 1024 + 1]), ..once("k", 0) },
    ] {
        let outcome =
            database.transact(Transaction { once: Some(large), ..transaction(vec![]) }, soon()).await;
        assert!(matches!(outcome, Err(Error::TooLarge(_))), "{outcome:?}");
    }
}

pub(crate) async fn expired_keys_are_absent_and_purged(subject: &dyn Subject) {
    let seconds = Arc::new(AtomicU64::new(1_700_000_000));
    let shown = Arc::clone(&seconds);
    let clock =
        Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(shown.load(Ordering::Relaxed)));
    let database = subject.open_with(Options { clock, ..Options::default() }).await;
    let keep =
        |key: &str, keep_seconds| Transaction { once: Some(once(key, keep_seconds)), ..transaction(vec![]) };
    for number in 0..20 {
        committed(database.transact(keep(&format!("short-{number}"), 60), soon()).await.unwrap());
    }
    committed(database.transact(keep("for ever", 0), soon()).await.unwrap());
    seconds.fetch_add(59, Ordering::Relaxed);
    let recall =
        async |key: &str| database.recall("u1 POST /things", key, "f1", soon()).await.unwrap().is_some();
    assert!(recall("short-0").await);
    seconds.fetch_add(1, Ordering::Relaxed);
    assert!(!recall("short-0").await);
    assert!(recall("for ever").await);
    // An expired key can be used again, even with another fingerprint.
    let mut again = keep("short-0", 1_000_000);
    if let Some(once) = &mut again.once {
        once.fingerprint = "f2".into();
    }
    committed(database.transact(again.clone(), soon()).await.unwrap());
    assert!(matches!(database.transact(again, soon()).await, Ok(Outcome::Duplicate(_))));
    // The others go away while keys are used.
    let mut used = 0;
    crate::subject::until("expired keys are gone", async || {
        used += 1;
        committed(database.transact(keep(&format!("used-{used}"), 0), soon()).await.unwrap());
        subject.look("SELECT count(*) FROM lyceum_once WHERE key LIKE 'short-%'").await == 1
    })
    .await;
    assert!(recall("for ever").await);
}

pub(crate) async fn large_rows_are_not_remembered(subject: &dyn Subject) {
    let database = subject.open().await;
    let large = statement(
        "INSERT INTO things (id, label) VALUES ('a', $1) RETURNING label",
        vec![text(&"x".repeat(70_000))],
    );
    let keyed = Transaction { once: Some(once("k", 0)), ..transaction(vec![large]) };
    assert_eq!(committed(database.transact(keyed.clone(), soon()).await.unwrap())[0].rows.len(), 1);
    let Ok(Outcome::Duplicate(remembered)) = database.transact(keyed, soon()).await else {
        panic!("no duplicate")
    };
    assert!(remembered.rows.is_empty());
    assert_eq!(remembered.answer, "answer");
}

pub(crate) async fn of_concurrent_duplicates_one_commits(subject: &dyn Subject) {
    let database = subject.open().await;
    let beside = subject.open().await;
    for round in 0..20 {
        let id = format!("t{round}");
        let attempts = (0..8).map(|attempt| {
            let database = Arc::clone(if attempt % 2 == 0 { &database } else { &beside });
            let mut transaction = keyed(&id, &id);
            transaction.statements.push(insert(&format!("{id}-more"), 1));
            tokio::spawn(async move { database.transact(transaction, soon()).await })
        });
        let (mut commits, mut duplicates) = (0, 0);
        for attempt in attempts.collect::<Vec<_>>() {
            match attempt.await.unwrap().unwrap() {
                Outcome::Committed(_) => commits += 1,
                Outcome::Duplicate(remembered) => {
                    assert_eq!(remembered.rows[0].rows, [[Value::Text(id.clone())]]);
                    duplicates += 1;
                }
            }
        }
        assert_eq!((commits, duplicates), (1, 7));
    }
    assert_eq!(things(&*database).await, 40);
    assert_eq!(subject.look("SELECT count(*) FROM lyceum_outbox").await, 20);
}
