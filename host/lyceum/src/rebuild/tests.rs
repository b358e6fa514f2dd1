//! What is delivered of a log, in which order, and what becomes of events that can't be handled.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{Bus, Delivery, Event, Failure, Handler, Ledger, Options, Publisher as _};
use lyceum_manifest::ERASURE;

use super::replay::{Consumers, Replay};
use crate::event_log::Log;

const ADDED: &str = "lyceum.books.BookAdded.v1";

/// Notes what it is given; answers as the id's first word says.
#[derive(Default)]
struct Recorder {
    given: Mutex<Vec<(String, String)>>,
}

impl Recorder {
    fn given(&self) -> Vec<(String, String)> {
        self.given.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<String> {
        self.given().into_iter().map(|(id, _)| id).collect()
    }
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, delivery: Delivery) -> Result<(), Failure> {
        let id = delivery.event.id.clone();
        if id.starts_with("slow") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let needed = id.split_once(" needs ").map(|(_, needed)| needed.to_owned());
        let mut given = self.given.lock().unwrap();
        if needed.is_some_and(|needed| !given.iter().any(|(id, _)| *id == needed)) {
            return Err(Failure::NotYet("another".into()));
        }
        given.push((id.clone(), delivery.consumer.unwrap_or_default().to_string()));
        match id.split(' ').next() {
            Some("broken") => Err(Failure::Broken("no JSON".into())),
            Some("failed") => Err(Failure::Failed("why ever".into())),
            Some("refused") => Err(Failure::Refused("by the rules".into())),
            _ => Ok(()),
        }
    }
}

fn event(id: &str, kind: &str, about: &str, sequence: u64) -> Event {
    Event {
        id: id.into(),
        kind: kind.into(),
        aggregate_type: "book".into(),
        aggregate_id: about.into(),
        sequence,
        body: Bytes::from_static(br#"{"source":"/services/books"}"#),
    }
}

/// A log with these events, in a folder of the test's own.
async fn log(name: &str, events: Vec<Event>) -> (Log, PathBuf) {
    let folder = std::env::temp_dir().join(format!("lyceum-rebuild-{name}-{}", std::process::id()));
    let file = folder.join("events.db");
    let bus = Bus::open(&file, Options::default()).unwrap();
    bus.publish(events).await.unwrap();
    bus.shutdown().await;
    (Log::File(Ledger::open(&file).unwrap()), folder)
}

fn consumers() -> Consumers {
    [(ADDED, "shelf/projection"), (ERASURE, "shelf/reaction")]
        .into_iter()
        .map(|(kind, consumer)| (kind.to_owned(), Arc::from(consumer)))
        .collect()
}

#[tokio::test]
async fn an_erasure_comes_after_all_before_it_and_before_all_after_it() {
    let events = vec![
        event("slow a1", ADDED, "a", 1),
        event("b1", ADDED, "b", 1),
        event("other", "lyceum.books.BookLost.v1", "b", 2),
        event("erased", ERASURE, "c", 1),
        event("slow d1", ADDED, "d", 1),
        event("e1", ADDED, "e", 1),
    ];
    let (log, folder) = log("erasure", events).await;
    let recorder = Recorder::default();
    let mut replay = Replay::new(&log, &recorder, consumers(), 8);
    replay.catch_up(6, &mut |_, _| {}).await.unwrap();
    let given = recorder.given();
    assert_eq!(given.len(), 5, "what isn't projected isn't delivered: {given:?}");
    assert_eq!(given[2], ("erased".to_owned(), "shelf/reaction".to_owned()));
    let before: BTreeSet<_> = given[..2].iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(before, BTreeSet::from(["b1", "slow a1"]));
    assert!(
        given.iter().filter(|(id, _)| id != "erased").all(|(_, consumer)| consumer == "shelf/projection")
    );
    assert_eq!((replay.delivered(), replay.position()), (5, 6));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_comes_too_early_waits_with_all_that_follows_it() {
    let events = vec![
        event("a1 needs b1", ADDED, "a", 1),
        event("a2", ADDED, "a", 2),
        event("c1 needs nothing that comes", ADDED, "c", 1),
        event("b1", ADDED, "b", 1),
    ];
    let (log, folder) = log("waiting", events).await;
    let recorder = Recorder::default();
    let mut replay = Replay::new(&log, &recorder, consumers(), 1);
    replay.catch_up(4, &mut |_, _| {}).await.unwrap();
    assert_eq!(recorder.ids(), ["b1", "a1 needs b1", "a2"]);
    let waiting: Vec<_> = replay.failures().iter().map(ToString::to_string).collect();
    assert_eq!(waiting, ["c1 needs nothing that comes (lyceum.books.BookAdded.v1): not yet: another"]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_can_not_be_handled_is_told_and_holds_up_nothing() {
    let events = vec![
        event("broken a1", ADDED, "a", 1),
        event("failed a2", ADDED, "a", 2),
        event("refused a3", ADDED, "a", 3),
        event("a4", ADDED, "a", 4),
    ];
    let (log, folder) = log("failing", events).await;
    let recorder = Recorder::default();
    let mut replay = Replay::new(&log, &recorder, consumers(), 8);
    replay.catch_up(4, &mut |_, _| {}).await.unwrap();
    let [broken, failed] = &replay.failures()[..] else { panic!("two failed") };
    assert_eq!((broken.record.position, failed.record.position), (1, 2));
    assert_eq!(replay.delivered(), 2);
    let attempts = recorder.ids().iter().filter(|id| id.starts_with("failed")).count();
    assert_eq!(attempts, 3, "it might have passed");
    assert_eq!(recorder.ids().last().unwrap(), "a4");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_log_with_a_gap_is_refused() {
    let (log, folder) = log("gap", vec![event("a1", ADDED, "a", 1), event("a3", ADDED, "a", 3)]).await;
    let recorder = Recorder::default();
    let mut replay = Replay::new(&log, &recorder, consumers(), 8);
    let refused = replay.catch_up(2, &mut |_, _| {}).await.unwrap_err().to_string();
    assert!(refused.contains("event 2 about book a of /services/books"), "{refused}");
    std::fs::remove_dir_all(folder).unwrap();
}
