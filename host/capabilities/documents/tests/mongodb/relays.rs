//! Several hosts relay the same documents.

use std::sync::Arc;

use lyceum_documents::conformance::{Subject, event, put, until, written};
use lyceum_documents::{Backend, Write};
use lyceum_events::conformance::RecordingBus;

use crate::subject::OnMongodb;

async fn write(documents: &dyn Backend, from: usize, to: usize) {
    for number in from..to {
        let events = vec![event(&format!("e{number}"))];
        written(documents, Write { events, ..put(&format!("a{}", number % 5), "{}") }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_relays_works_and_the_other_takes_over() {
    let subject = OnMongodb::new();
    let one = subject.open().await;
    let two = subject.open().await;
    let bus = RecordingBus::new();
    let (beside_one, beside_two) = (RecordingBus::beside(&bus), RecordingBus::beside(&bus));
    let relay_one = one.spawn_relay(beside_one.clone());
    write(&*one, 0, 1).await;
    until("the first event", async || bus.events().len() == 1).await;
    let relay_two = two.spawn_relay(beside_two.clone());
    let writer = {
        let two = Arc::clone(&two);
        tokio::spawn(async move { write(&*two, 1, 60).await })
    };
    write(&*one, 60, 120).await;
    writer.await.unwrap();
    until("all events", async || bus.events().len() == 120).await;
    assert_eq!((beside_one.taken(), beside_two.taken(), bus.repeated()), (120, 0, 0));
    // In order, the first one gives its lease back.
    relay_one.shutdown().await;
    write(&*one, 120, 130).await;
    until("the second relay's events", async || bus.events().len() == 130).await;
    assert_eq!(beside_two.taken(), 10);
    relay_two.shutdown().await;
    bus.assert_ordered();
}

/// A host that vanished keeps its lease for some seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_relay_takes_over_from_one_that_vanished() {
    let subject = OnMongodb::new();
    let one = subject.open().await;
    let two = subject.open().await;
    let bus = RecordingBus::new();
    // A runtime that is thrown away: its relay ends without a word.
    let doomed = std::thread::spawn({
        let (one, bus) = (Arc::clone(&one), bus.clone());
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                write(&*one, 0, 5).await;
                let relay = one.spawn_relay(bus.clone());
                until("some events", async || bus.events().len() == 5).await;
                std::mem::forget(relay);
            });
        }
    });
    doomed.join().unwrap();
    let relay = two.spawn_relay(bus.clone());
    write(&*two, 5, 20).await;
    until("the other events", async || bus.events().len() == 20).await;
    relay.shutdown().await;
    bus.assert_ordered();
}
