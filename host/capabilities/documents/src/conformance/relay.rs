//! The relay: at least once, in order, whatever the bus does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_events::conformance::RecordingBus;

use super::{Subject, delete, event, put, until, written};
use crate::{Backend, Options, Write};

async fn write(documents: &dyn Backend, from: usize, to: usize) {
    for number in from..to {
        let events = vec![event(&format!("e{number}"))];
        written(documents, Write { events, ..put(&format!("a{}", number % 7), "{}") }).await;
    }
}

/// Nothing is lost or left.
pub async fn everything_written_is_published_in_order(subject: &dyn Subject) {
    let documents = subject.open().await;
    write(&*documents, 0, 100).await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    write(&*documents, 100, 150).await;
    until("the outbox is empty", async || relay.statistics().relayed.get() == 150).await;
    relay.shutdown().await;
    assert_eq!((bus.events().len(), bus.repeated()), (150, 0));
    bus.assert_ordered();
    // Numbers go on where they were, also after the events are gone.
    write(&*documents, 150, 151).await;
    let relay = documents.spawn_relay(bus.clone());
    until("one more", async || bus.events().len() == 151).await;
    relay.shutdown().await;
    bus.assert_ordered();
}

/// Nobody waits for the slow look.
pub async fn a_write_wakes_the_relay(subject: &dyn Subject) {
    let documents = subject.open().await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    write(&*documents, 0, 1).await;
    until("the first event", async || bus.events().len() == 1).await;
    // Ten one after the other take less than the slow look would take.
    let begun = Instant::now();
    for number in 1..=10 {
        write(&*documents, number, number + 1).await;
        until("the next event", async || bus.events().len() == number + 1).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    relay.shutdown().await;
}

/// A bus that takes some of a batch and fails.
pub async fn a_flaky_bus_gets_each_event_in_order(subject: &dyn Subject) {
    let documents = subject.open().await;
    let bus = RecordingBus::flaky(rand::random());
    let relay = documents.spawn_relay(bus.clone());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let documents = Arc::clone(&documents);
            tokio::spawn(async move { write(&*documents, writer * 20, writer * 20 + 20).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    until("all are relayed", async || relay.statistics().relayed.get() == 80).await;
    relay.shutdown().await;
    assert_eq!(bus.events().len(), 80);
    bus.assert_ordered();
}

/// Also of documents that are gone.
pub async fn what_was_left_behind_is_published_after_a_restart(subject: &dyn Subject) {
    let documents = subject.open().await;
    write(&*documents, 0, 10).await;
    written(&*documents, Write { events: vec![event("end")], ..delete("a1") }).await;
    drop(documents);
    let documents = subject.connect(Options::default()).await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("all", async || bus.events().len() == 11).await;
    relay.shutdown().await;
    bus.assert_ordered();
}

/// One document, many writers, and the relay that changes it too.
pub async fn writers_and_relay_do_not_disturb_each_other(subject: &dyn Subject) {
    let documents = subject.open().await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let documents = Arc::clone(&documents);
            tokio::spawn(async move {
                for round in 0..10 {
                    let events = vec![event(&format!("{writer}-{round}"))];
                    written(
                        &*documents,
                        Write { events, ..put("one", &format!(r#"{{"by":"{writer}-{round}"}}"#)) },
                    )
                    .await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    until("all are published", async || bus.events().len() == 40).await;
    relay.shutdown().await;
    bus.assert_ordered();
    // The order of the events is the order of the writes.
    let found = super::read(&*documents, "one").await.unwrap();
    assert_eq!(found.version, 40);
    assert_eq!(found.body, format!(r#"{{"by":"{}"}}"#, bus.events().last().unwrap().id));
}
