//! The server goes away, hangs, dies and comes back.

use std::time::{Duration, Instant};

use lyceum_documents::conformance::{
    Subject, THINGS, delete, event, find, once, patch, put, read, soon, until, written,
};
use lyceum_documents::{Backend, Documents as _, Error, Outcome, Write};
use lyceum_events::conformance::RecordingBus;
use lyceum_private_servers::{MongodbServer, Server as _};

use crate::subject::OnMongodb;

/// What works again, or is told, at the latest. Two seconds are promised, and printed is what it took; a machine that is
/// busy with other things gets more.
const BOUND: Duration = Duration::from_secs(15);

fn in_millis(millis: u64) -> Instant {
    Instant::now() + Duration::from_millis(millis)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_is_unavailable_until_it_is_back() {
    let server = MongodbServer::start().unwrap();
    let documents = OnMongodb::on(&server.url()).open().await;
    written(&*documents, put("a", "{}")).await;
    for crash in [false, true] {
        if crash {
            server.kill9().unwrap();
        } else {
            server.stop().unwrap();
        }
        let write = || documents.write(put("b", "{}"), in_millis(10_000));
        // The first call may find the connection broken in the middle of it, and then finds no server.
        let refused = write().await;
        assert!(matches!(refused, Err(Error::Unavailable(_) | Error::OutcomeUnknown)), "{refused:?}");
        for refused in [
            write().await.map(|_| ()),
            documents.get(THINGS, vec!["a".into()], in_millis(10_000)).await.map(|_| ()),
            documents.find(find("{}"), in_millis(10_000)).await.map(|_| ()),
            documents.recall(THINGS, "s", "k", "f", in_millis(10_000)).await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        }
        // A caller in a hurry isn't kept.
        let begun = Instant::now();
        let late = documents.write(put("b", "{}"), in_millis(100)).await;
        assert_eq!(late, Err(Error::Timeout));
        assert!(begun.elapsed() < BOUND);
        server.restart().unwrap();
        let back = Instant::now();
        written(&*documents, put("c", "{}")).await;
        let back = back.elapsed();
        println!("works again {} ms after the server", back.as_millis());
        assert!(back < BOUND, "{back:?}");
        assert_eq!(read(&*documents, "a").await.unwrap().id, "a");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_costs_no_more_than_the_deadline() {
    let server = MongodbServer::start().unwrap();
    let documents = OnMongodb::on(&server.url()).open().await;
    let keyed = |id: &str| Write { once: Some(once(id)), ..put(id, "{}") };
    written(&*documents, keyed("a")).await;
    server.pause().unwrap();
    let begun = Instant::now();
    let outcome = documents.write(keyed("b"), in_millis(300)).await;
    // It did not come further than reading.
    assert_eq!(outcome, Err(Error::Timeout));
    assert_eq!(documents.get(THINGS, vec!["a".into()], in_millis(300)).await, Err(Error::Timeout));
    assert_eq!(documents.find(find("{}"), in_millis(300)).await, Err(Error::Timeout));
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    server.resume().unwrap();
    let back = Instant::now();
    written(&*documents, keyed("b")).await;
    let back = back.elapsed();
    println!("works again {} ms after the server", back.as_millis());
    assert!(back < BOUND, "{back:?}");
}

/// Writers that repeat what they don't know about, while the server is killed again and again: every write
/// that was answered is there, once, and so is its event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_while_the_server_is_killed() {
    let server = MongodbServer::start().unwrap();
    let documents = OnMongodb::on(&server.url()).open().await;
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    for writer in 0..3 {
        written(&*documents, put(&format!("w{writer}"), "{}")).await;
    }
    let writers: Vec<_> = (0..3)
        .map(|writer| {
            let documents = std::sync::Arc::clone(&documents);
            tokio::spawn(async move {
                for round in 0..25 {
                    let name = format!("{writer}-{round}");
                    let write = Write {
                        once: Some(once(&name)),
                        events: vec![event(&name)],
                        ..patch(&format!("w{writer}"), &format!(r#"{{"r{round}":1}}"#))
                    };
                    let end = soon();
                    while let Err(error) = documents.write(write.clone(), in_millis(500)).await {
                        let again = [Error::OutcomeUnknown, Error::Timeout, Error::Conflict].contains(&error);
                        assert!(again || matches!(error, Error::Unavailable(_)), "{error:?}");
                        assert!(Instant::now() < end, "{name} is never answered");
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
            })
        })
        .collect();
    let mut kills = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(rand::random_range(50..250))).await;
        server.kill9().unwrap();
        server.restart().unwrap();
        kills += 1;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    println!("{kills} kills");
    until("all events", async || bus.events().len() == 75).await;
    relay.shutdown().await;
    bus.assert_ordered();
    for writer in 0..3 {
        let found = read(&*documents, &format!("w{writer}")).await.unwrap();
        let body: serde_json::Value = serde_json::from_str(&found.body).unwrap();
        assert_eq!((found.version, body.as_object().unwrap().len()), (26, 25));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_events_survive_a_killed_server_and_a_deleted_document() {
    let server = MongodbServer::start().unwrap();
    let documents = OnMongodb::on(&server.url()).open().await;
    written(&*documents, Write { events: vec![event("1")], ..put("a", "{}") }).await;
    written(&*documents, Write { events: vec![event("2")], ..delete("a") }).await;
    server.kill9().unwrap();
    let bus = RecordingBus::new();
    let relay = documents.spawn_relay(bus.clone());
    until("the relay fails", async || relay.statistics().errors.get() > 0).await;
    server.restart().unwrap();
    until("both events", async || bus.events().len() == 2).await;
    relay.shutdown().await;
    bus.assert_ordered();
}

/// A broken URL, or a password, never shows.
#[tokio::test]
async fn secrets_do_not_show() {
    use lyceum_documents::{MongodbDocuments, Options};
    for url in
        ["mongodb://u:hunter2@", "mongodb://u:hunter2@127.0.0.1:x/", "mongodb+srv://u:hunter2@a/", "hunter2"]
    {
        let error = MongodbDocuments::connect(url, "things", Options::default()).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    let url = "mongodb://u:hunter2@127.0.0.1:1/";
    let documents = MongodbDocuments::connect(url, "things", Options::default()).await.unwrap();
    let error = documents.pending(&[]).await.unwrap_err();
    let outcome = documents.write(put("a", "{}"), soon()).await;
    assert!(!matches!(outcome, Ok(Outcome::Written(_))));
    assert!(!format!("{documents:?} {error} {outcome:?}").contains("hunter2"));
}
