//! What is left when a process or the store fails between two steps:
//! `cargo test --features failpoints --test faults`.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fail::FailScenario;
use lyceum_documents::conformance::{
    THINGS, collections, delete, event, once, patch, put, soon, until, written,
};
use lyceum_documents::{Backend, Documents as _, Error, MongodbDocuments, Options, Outcome, Write};
use lyceum_events::conformance::RecordingBus;
use lyceum_private_servers::{MongodbServer, Server as _};

const STEPS: [&str; 3] = ["documents::before-read", "documents::before-write", "documents::after-write"];
const RELAY_STEPS: [&str; 4] =
    ["relay::before-publish", "relay::after-publish", "documents::before-pull", "relay::after-delete"];

/// Failpoints are the whole process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn open(server: &MongodbServer) -> Arc<MongodbDocuments> {
    let url = format!("{}/faults", server.url());
    let documents = MongodbDocuments::connect(&url, "things", Options::default()).await.unwrap();
    documents.migrate(&collections()).await.unwrap();
    documents
}

/// A creation, a change and a deletion of one document, each with an event and a key.
fn writes(id: &str) -> [Write; 4] {
    let full = |name: &str, write: Write| Write {
        events: vec![event(&format!("{id}-{name}"))],
        once: Some(once(&format!("{id}-{name}"))),
        ..write
    };
    [
        full("put", put(id, r#"{"n":1}"#)),
        full("patch", patch(id, r#"{"m":2}"#)),
        full("delete", delete(id)),
        full("again", put(id, "{}")),
    ]
}

/// After the fault, repeating the write makes it happen exactly once.
async fn repeat(documents: &dyn Backend, write: &Write, version: u64, step: &str) {
    let outcome = documents.write(write.clone(), soon()).await;
    let found = match outcome {
        Ok(Outcome::Written(written)) => (written.id, written.version),
        Ok(Outcome::Duplicate(remembered)) => (remembered.id, remembered.version),
        Err(error) => panic!("{step}: {error:?}"),
    };
    assert_eq!(Some(found.0), write.id);
    assert_eq!(found.1, version, "{step}");
}

async fn all_published(documents: &dyn Backend, count: usize) {
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("all events", async || bus.events().len() >= count).await;
    relay.shutdown().await;
    bus.assert_ordered();
    assert_eq!(bus.events().len(), count);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::await_holding_lock)]
async fn a_client_that_dies_between_two_steps_leaves_all_or_nothing() {
    let _alone = alone();
    let server = MongodbServer::start().unwrap();
    let mut events = 0;
    for step in STEPS {
        let id = step.replace("::", "-");
        for (number, write) in writes(&id).into_iter().enumerate() {
            let documents = open(&server).await;
            let scenario = FailScenario::setup();
            fail::cfg(step, "1*panic->off").unwrap();
            let doomed = write.clone();
            let died = tokio::spawn(async move { documents.write(doomed, soon()).await }).await;
            assert!(died.unwrap_err().is_panic(), "{step} was never reached");
            scenario.teardown();
            let documents = open(&server).await;
            repeat(&*documents, &write, u64::try_from(number).unwrap() + 1, step).await;
            events += 1;
        }
    }
    all_published(&*open(&server).await, events).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::await_holding_lock)]
async fn a_store_that_dies_between_two_steps_loses_and_doubles_nothing() {
    let _alone = alone();
    let server = Arc::new(MongodbServer::start().unwrap());
    let documents = open(&server).await;
    let mut events = 0;
    for step in STEPS {
        let id = format!("killed-{}", step.replace("::", "-"));
        for (number, write) in writes(&id).into_iter().enumerate() {
            let scenario = FailScenario::setup();
            let (killed, once) = (Arc::clone(&server), std::sync::Once::new());
            fail::cfg_callback(step, move || once.call_once(|| killed.kill9().unwrap())).unwrap();
            let outcome = documents.write(write.clone(), Instant::now() + Duration::from_secs(3)).await;
            scenario.teardown();
            match outcome {
                Ok(Outcome::Written(_)) => assert_eq!(step, "documents::after-write"),
                Err(Error::Unavailable(_)) | Err(Error::Timeout) => {
                    assert_ne!(step, "documents::after-write");
                }
                Err(Error::OutcomeUnknown) => assert_eq!(step, "documents::before-write"),
                other => panic!("{step}: {other:?}"),
            }
            server.restart().unwrap();
            repeat(&*documents, &write, u64::try_from(number).unwrap() + 1, step).await;
            events += 1;
        }
    }
    all_published(&*documents, events).await;
}

/// Of a write without a key, too, its client finds out whether it happened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::await_holding_lock)]
async fn a_write_whose_answer_was_lost_finds_itself_again() {
    let _alone = alone();
    let server = Arc::new(MongodbServer::start().unwrap());
    let documents = open(&server).await;
    written(&*documents, put("a", "{}")).await;
    for round in 0..4_u64 {
        let scenario = FailScenario::setup();
        let (killed, times) = (Arc::clone(&server), std::sync::Once::new());
        // The server dies when the change is on its way and comes back while the client insists.
        fail::cfg_callback("documents::before-write", move || {
            times.call_once(|| {
                killed.kill9().unwrap();
                let back = Arc::clone(&killed);
                std::thread::spawn(move || back.restart().unwrap());
            });
        })
        .unwrap();
        let expecting =
            Write { expected_version: Some(round + 1), ..put("a", &format!(r#"{{"round":{round}}}"#)) };
        let outcome = documents.write(expecting, soon()).await;
        scenario.teardown();
        match outcome {
            Ok(Outcome::Written(written)) => assert_eq!(written.version, round + 2),
            // It was certainly not done.
            Err(Error::Unavailable(_)) => {
                until("the server is back", async || {
                    documents.get(THINGS, vec!["a".into()], soon()).await.is_ok()
                })
                .await;
                let again = Write { expected_version: Some(round + 1), ..put("a", "{}") };
                written(&*documents, again).await;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::await_holding_lock)]
async fn a_relay_or_store_that_dies_between_two_steps_loses_nothing() {
    let _alone = alone();
    let server = Arc::new(MongodbServer::start().unwrap());
    let documents = open(&server).await;
    let bus = RecordingBus::new();
    let mut count = 0;
    for store_dies in [false, true] {
        for step in RELAY_STEPS {
            let id = format!("{store_dies}-{}", step.replace("::", "-"));
            for write in writes(&id) {
                written(&*documents, write).await;
            }
            count += 4;
            let scenario = FailScenario::setup();
            if store_dies {
                let (killed, once) = (Arc::clone(&server), std::sync::Once::new());
                fail::cfg_callback(step, move || {
                    once.call_once(|| {
                        killed.kill9().unwrap();
                        killed.restart().unwrap();
                    });
                })
                .unwrap();
            } else {
                fail::cfg(step, "1*panic->off").unwrap();
            }
            let doomed = documents.spawn_relay(bus.clone());
            if store_dies {
                until("the relay goes on", async || bus.events().len() == count).await;
                doomed.shutdown().await;
            } else {
                until("the relay has died", async || doomed.is_finished()).await;
            }
            scenario.teardown();
            let relay = documents.spawn_relay(bus.clone());
            until("all events", async || bus.events().len() == count).await;
            until("the outbox is empty", async || relay.statistics().backlog() == 0).await;
            relay.shutdown().await;
            bus.assert_ordered();
        }
    }
    // What was published is gone from the outbox.
    let relay = documents.spawn_relay(bus.clone());
    let repeated = bus.repeated();
    written(&*documents, Write { events: vec![event("last")], ..put("last", "{}") }).await;
    until("the last event", async || bus.events().len() == count + 1).await;
    relay.shutdown().await;
    assert_eq!(bus.repeated(), repeated);
}
