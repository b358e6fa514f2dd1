//! The relay: at least once, in order, whatever the bus does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_sql::{Backend, Transaction};

use crate::subject::{Subject, event, soon, transaction, until};
use lyceum_events::conformance::RecordingBus;

async fn commit(database: &dyn Backend, from: usize, to: usize) {
    for number in from..to {
        let events = vec![event(&format!("e{number}"), &format!("a{}", number % 7))];
        database.transact(Transaction { events, ..transaction(vec![]) }, soon()).await.unwrap();
    }
}

pub(crate) async fn everything_committed_is_published_in_order(subject: &dyn Subject) {
    let database = subject.open().await;
    commit(&*database, 0, 400).await;
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    commit(&*database, 400, 500).await;
    until("the outbox is empty", async || relay.statistics().relayed.get() == 500).await;
    assert_eq!(relay.statistics().backlog(), 0);
    assert_eq!(subject.look("SELECT count(*) FROM lyceum_outbox").await, 0);
    relay.shutdown().await;
    assert_eq!((recorder.events().len(), recorder.repeated()), (500, 0));
    recorder.assert_ordered();
    // Numbers go on where they were, also after the rows are gone.
    commit(&*database, 500, 501).await;
    let relay = database.spawn_relay(recorder.clone());
    until("one more", async || recorder.events().len() == 501).await;
    relay.shutdown().await;
    recorder.assert_ordered();
}

pub(crate) async fn a_commit_wakes_the_relay(subject: &dyn Subject) {
    let database = subject.open().await;
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    commit(&*database, 0, 1).await;
    until("the first event", async || recorder.events().len() == 1).await;
    // The slow poll alone would take ten seconds.
    let begun = Instant::now();
    for number in 1..=10 {
        commit(&*database, number, number + 1).await;
        until("the next event", async || recorder.events().len() == number + 1).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    relay.shutdown().await;
}

pub(crate) async fn a_flaky_bus_gets_each_event_in_order(subject: &dyn Subject) {
    let database = subject.open().await;
    let recorder = RecordingBus::flaky(rand::random());
    let relay = database.spawn_relay(recorder.clone());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let database = Arc::clone(&database);
            tokio::spawn(async move { commit(&*database, writer * 50, writer * 50 + 50).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    until("all are relayed", async || relay.statistics().relayed.get() == 200).await;
    relay.shutdown().await;
    assert_eq!(recorder.events().len(), 200);
    recorder.assert_ordered();
}

pub(crate) async fn what_was_left_behind_is_published_after_a_restart(subject: &dyn Subject) {
    let database = subject.open().await;
    commit(&*database, 0, 10).await;
    drop(database);
    let database = subject.open().await;
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    until("all", async || recorder.events().len() == 10).await;
    relay.shutdown().await;
    recorder.assert_ordered();
}
