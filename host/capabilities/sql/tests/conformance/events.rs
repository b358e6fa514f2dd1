//! Events: in the outbox if and only if their transaction committed, and numbered.

use std::sync::Arc;

use lyceum_sql::{Context, Error, Options, Publishes, Transaction};

use crate::subject::{Subject, event, insert, soon, statement, text, things, transaction, until};
use lyceum_events::conformance::RecordingBus;

fn with_events(ids: &[(&str, &str)]) -> Transaction {
    let events = ids.iter().map(|(id, aggregate)| event(id, aggregate)).collect();
    let context = Context {
        correlation_id: "c1".into(),
        causation_id: Some("e0".into()),
        traceparent: None,
        actor: Some("u1".into()),
    };
    Transaction { events, context, ..transaction(vec![]) }
}

pub(crate) async fn events_are_numbered_per_aggregate(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(with_events(&[("1", "a"), ("2", "b"), ("3", "a")]), soon()).await.unwrap();
    database.transact(with_events(&[("4", "b"), ("5", "a")]), soon()).await.unwrap();
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    until("five events", async || recorder.events().len() == 5).await;
    relay.shutdown().await;
    let mut seen: Vec<_> = recorder
        .events()
        .iter()
        .map(|event| (event.aggregate_id.clone(), event.sequence, event.id.clone()))
        .collect();
    seen.sort();
    let expected = [("a", 1, "1"), ("a", 2, "3"), ("a", 3, "5"), ("b", 1, "2"), ("b", 2, "4")];
    assert_eq!(
        seen,
        expected.map(|(aggregate, sequence, id)| (aggregate.to_owned(), sequence, id.to_owned()))
    );
    let event = recorder.events().into_iter().find(|event| event.id == "4").unwrap();
    assert_eq!(
        (event.kind.as_str(), event.aggregate_type.as_str()),
        ("lyceum.things.ThingChanged.v1", "thing")
    );
    let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap();
    let time = body["time"].as_str().unwrap().to_owned();
    assert_eq!((time.len(), time.ends_with('Z')), ("2023-11-14T22:13:20.000001Z".len(), true));
    assert_eq!(
        body,
        serde_json::json!({
            "specversion": "1.0", "id": "4", "type": "lyceum.things.ThingChanged.v1", "source": "/services/things",
            "subject": "b", "time": time, "datacontenttype": "application/json", "aggregatetype": "thing",
            "sequence": 2, "correlationid": "c1", "causationid": "e0", "actor": "u1", "data": {"thing": "b"},
        })
    );
}

pub(crate) async fn events_of_a_failed_transaction_never_were(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(with_events(&[("1", "a")]), soon()).await.unwrap();
    let mut failing = with_events(&[("2", "a")]);
    failing.statements =
        vec![insert("x", 1), statement("INSERT INTO things (id) VALUES ($1)", vec![text("y")])];
    assert_eq!(database.transact(failing, soon()).await, Err(Error::NotNull("things.label".into())));
    let mut malformed = with_events(&[("3", "a")]);
    malformed.events[0].data = "{".into();
    let outcome = database.transact(malformed, soon()).await;
    assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
    assert_eq!(subject.look("SELECT count(*) FROM lyceum_outbox").await, 1);
    // No gap is left behind.
    database.transact(with_events(&[("2", "a")]), soon()).await.unwrap();
    assert_eq!(subject.look("SELECT CAST(max(sequence) AS BIGINT) FROM lyceum_outbox").await, 2);
}

pub(crate) async fn a_duplicate_event_id_is_refused(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(with_events(&[("1", "a")]), soon()).await.unwrap();
    let mut again = with_events(&[("1", "b")]);
    again.statements = vec![insert("x", 1)];
    assert_eq!(database.transact(again, soon()).await, Err(Error::Unique("event.id".into())));
    let twice = with_events(&[("2", "a"), ("2", "a")]);
    assert_eq!(database.transact(twice, soon()).await, Err(Error::Unique("event.id".into())));
    assert_eq!(things(&*database).await, 0);
}

/// Many writers on few aggregates: each writes its aggregate's next state and an event that carries it.
/// The events' order has to be the order of the states.
pub(crate) async fn commit_order_is_sequence_order(subject: &dyn Subject) {
    let database = subject.open().await;
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    let setup = (0..3).map(|thing| insert(&format!("a{thing}"), 0)).collect();
    database.transact(transaction(setup), soon()).await.unwrap();
    let writers: Vec<_> = (0..12)
        .map(|writer| {
            let database = Arc::clone(&database);
            tokio::spawn(async move {
                for round in 0..10 {
                    let thing = format!("a{}", writer % 3);
                    let id = format!("{writer}-{round}");
                    let mut change = with_events(&[(&id, &thing)]);
                    // The state counts up and names its last writer.
                    change.statements = vec![statement(
                        "UPDATE things SET number = number + 1, label = $2 WHERE id = $1",
                        vec![text(&thing), text(&id)],
                    )];
                    database.transact(change, soon()).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    until("all events", async || recorder.events().len() == 120).await;
    relay.shutdown().await;
    recorder.assert_ordered();
    for thing in ["a0", "a1", "a2"] {
        let sql = "SELECT label FROM things WHERE id = $1 AND number = 40";
        let rows = database.query(vec![statement(sql, vec![text(thing)])], soon()).await.unwrap();
        let last = recorder.events().into_iter().rfind(|event| event.aggregate_id == thing).unwrap();
        assert_eq!(rows[0].rows, [[text(&last.id)]]);
    }
}

/// What the manifest doesn't name nobody could subscribe to: the whole transaction is refused, and says why.
pub(crate) async fn an_event_that_the_service_does_not_declare_is_refused(subject: &dyn Subject) {
    let publishes = Publishes::only(["lyceum.things.ThingChanged.v1"]);
    let database = subject.open_with(Options { publishes, ..Options::default() }).await;
    let mut undeclared = with_events(&[("1", "a"), ("2", "a")]);
    undeclared.statements = vec![insert("x", 1)];
    "lyceum.auth.RolesChanged.v1".clone_into(&mut undeclared.events[1].kind);
    let Err(Error::Invalid(reason)) = database.transact(undeclared, soon()).await else {
        panic!("it was not refused");
    };
    assert!(reason.contains("lyceum.auth.RolesChanged.v1") && reason.contains("publishes"), "{reason}");
    assert_eq!(things(&*database).await, 0);
    // What is told to a live channel is no event.
    let mut declared = with_events(&[("1", "a"), ("2", "a")]);
    "lyceum.live.Message.v1".clone_into(&mut declared.events[1].kind);
    database.transact(declared, soon()).await.unwrap();
    assert_eq!(subject.look("SELECT count(*) FROM lyceum_outbox").await, 2);
}
