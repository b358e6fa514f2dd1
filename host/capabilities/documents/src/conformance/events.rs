//! Events of documents.

use lyceum_events::conformance::RecordingBus;

use super::{Subject, THINGS, delete, event, patch, put, refusal, until, written};
use crate::{Backend, Context, Error, Event, Options, Publishes, Write};

fn with(write: Write, events: &[&str]) -> Write {
    Write { events: events.iter().map(|id| event(id)).collect(), ..write }
}

/// Relays until so many were published, and returns them.
pub(super) async fn published(documents: &dyn Backend, count: usize) -> Vec<lyceum_events::Event> {
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("all are published", async || bus.events().len() >= count).await;
    relay.shutdown().await;
    bus.assert_ordered();
    bus.events()
}

/// Each document counts for itself.
pub async fn events_are_numbered_per_document(subject: &dyn Subject) {
    let documents = subject.open().await;
    let context = Context { correlation_id: "c1".into(), actor: Some("u1".into()), ..Context::default() };
    written(&*documents, Write { context, ..with(put("a", "{}"), &["1", "2"]) }).await;
    written(&*documents, with(put("b", "{}"), &["3"])).await;
    written(&*documents, put("a", "{}")).await;
    written(&*documents, with(patch("a", "{}"), &["4"])).await;
    let mut events = published(&*documents, 4).await;
    events.sort_by(|left, right| left.id.cmp(&right.id));
    let about: Vec<_> = events
        .iter()
        .map(|event| (event.aggregate_id.as_str(), event.sequence, event.kind.as_str()))
        .collect();
    let kind = "lyceum.test.Happened.v1";
    assert_eq!(about, [("a", 1, kind), ("a", 2, kind), ("b", 1, kind), ("a", 3, kind)]);
    let body: serde_json::Value = serde_json::from_slice(&events[1].body).unwrap();
    for (name, value) in [
        ("id", "2"),
        ("subject", "a"),
        ("aggregatetype", THINGS),
        ("source", "/services/things"),
        ("correlationid", "c1"),
        ("actor", "u1"),
    ] {
        assert_eq!(body[name], value, "{body}");
    }
    assert_eq!(body["sequence"], 2);
}

/// A deletion publishes, and what comes after it goes on counting.
pub async fn sequences_go_on_over_a_deletion(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, with(put("a", "{}"), &["1"])).await;
    written(&*documents, with(delete("a"), &["2"])).await;
    assert_eq!(published(&*documents, 2).await.last().unwrap().sequence, 2);
    written(&*documents, with(put("a", "{}"), &["3"])).await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("the third is published", async || bus.events().len() == 1).await;
    relay.shutdown().await;
    assert_eq!((bus.events()[0].sequence, bus.events()[0].id.as_str()), (3, "3"));
}

/// An event about something else would have no order.
pub async fn an_event_is_about_its_document(subject: &dyn Subject) {
    let documents = subject.open().await;
    let about = |aggregate_type: &str, aggregate_id: &str| Write {
        events: vec![Event {
            aggregate_type: aggregate_type.into(),
            aggregate_id: aggregate_id.into(),
            ..event("1")
        }],
        ..put("a", "{}")
    };
    for write in [
        about(THINGS, "b"),
        about("other", "a"),
        Write { events: vec![event("")], ..put("a", "{}") },
        Write { events: vec![Event { data: "{".into(), ..event("1") }], ..put("a", "{}") },
        with(put("a", "{}"), &["1", "1"]),
    ] {
        let error = refusal(&*documents, write.clone()).await;
        assert!(matches!(error, Error::Invalid(_)), "{write:?}: {error:?}");
    }
    written(&*documents, about(THINGS, "a")).await;
    assert_eq!(published(&*documents, 1).await.len(), 1);
}

/// All or nothing.
pub async fn events_of_a_refused_write_never_were(subject: &dyn Subject) {
    let documents = subject.open().await;
    assert_eq!(refusal(&*documents, with(patch("a", "{}"), &["1"])).await, Error::NotFound);
    written(&*documents, with(put("a", "{}"), &["2"])).await;
    let wrong = Write { expected_version: Some(9), ..with(put("a", "{}"), &["3"]) };
    assert_eq!(refusal(&*documents, wrong).await, Error::Expectation(1));
    written(&*documents, with(put("a", "{}"), &["4"])).await;
    let ids: Vec<_> =
        published(&*documents, 2).await.into_iter().map(|event| (event.id, event.sequence)).collect();
    assert_eq!(ids, [("2".to_owned(), 1), ("4".to_owned(), 2)]);
}

/// What the manifest doesn't name nobody could subscribe to: nothing is written, and the error says why.
pub async fn an_event_that_the_service_does_not_declare_is_refused(subject: &dyn Subject) {
    let publishes = Publishes::only(["lyceum.test.Happened.v1"]);
    let documents = subject.open_with(Options { publishes, ..Options::default() }).await;
    let undeclared = Event { kind: "lyceum.test.Other.v1".into(), ..event("1") };
    let error = refusal(&*documents, Write { events: vec![undeclared], ..put("a", "{}") }).await;
    let Error::Invalid(reason) = &error else { panic!("{error:?}") };
    assert!(reason.contains("lyceum.test.Other.v1") && reason.contains("publishes"), "{reason}");
    written(&*documents, with(put("a", "{}"), &["2"])).await;
    assert_eq!(published(&*documents, 1).await.len(), 1);
}
