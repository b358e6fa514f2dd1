//! A process that is killed loses nothing it acknowledged, and skips nothing.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lyceum_events::conformance::{Recorder, event, subscription};
use lyceum_events::{Bus, EventFilter, Options, Publisher};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tempfile::TempDir;

const FOLDER: &str = "LYCEUM_TEST_EVENTS";
const ROUNDS: usize = 6;

/// What the killed process runs: publishes and handles, and says so, until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other test runs it as a process of its own"]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let bus = Bus::open(PathBuf::from(folder).join("events.db"), Options::default()).expect("opened");
    let recorder = Recorder::new(|delivery| async move {
        println!("handled {}", delivery.event.id);
        Ok(())
    });
    bus.subscribe(subscription("c"), recorder).await.expect("subscribed");
    let round = std::process::id();
    let publishers: Vec<_> = (0..8)
        .map(|publisher| {
            let bus = bus.clone();
            tokio::spawn(async move {
                for sequence in 1.. {
                    let event = event(&format!("{round}-{publisher}"), sequence);
                    let id = event.id.clone();
                    bus.publish(vec![event]).await.expect("published");
                    println!("published {id}");
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.await.expect("never ends");
    }
}

/// Runs the child until it has said so many lines, kills it, and returns what it said.
fn run_and_kill(folder: &Path, lines: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut said = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    let mut lines: Vec<String> = said.by_ref().take(lines).collect();
    child.kill().expect("killed");
    // What it said before the end and was still in the pipe.
    lines.extend(said);
    child.wait().expect("ended");
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing() {
    let seed =
        std::env::var("LYCEUM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("LYCEUM_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = TempDir::new().expect("a folder");
    let (mut published, mut handled) = (BTreeSet::new(), BTreeSet::new());
    let mut deliveries = 0;
    for _ in 0..ROUNDS {
        for line in run_and_kill(folder.path(), random.random_range(50..400)) {
            match line.split_once(' ') {
                Some(("published", id)) => drop(published.insert(id.to_owned())),
                Some(("handled", id)) => {
                    deliveries += 1;
                    handled.insert(id.to_owned());
                }
                _ => {}
            }
        }
    }
    let bus = Bus::open(folder.path().join("events.db"), Options::default()).expect("opened");
    let log: Vec<String> = {
        let page =
            bus.ledger().expect("opened").events(&EventFilter::default(), 1_000_000, None).expect("listed");
        page.items.into_iter().map(|record| record.event.id).collect()
    };
    let in_log: BTreeSet<String> = log.iter().cloned().collect();
    assert!(
        published.is_subset(&in_log),
        "acknowledged events are lost: {:?}",
        published.difference(&in_log)
    );
    assert_eq!(log.len(), in_log.len(), "each once");

    let recorder = Recorder::willing();
    let mut subscriber = bus.subscribe(subscription("c"), recorder.clone()).await.expect("subscribed");
    assert!(subscriber.caught_up().await);
    bus.shutdown().await;
    let rest = recorder.handled();
    println!(
        "{} in the log, {} acknowledged, {deliveries} deliveries before, {} after",
        log.len(),
        published.len(),
        rest.len()
    );
    handled.extend(rest);
    // A handler speaks before the bus may note that it is done.
    let missing: Vec<_> = in_log.difference(&handled).collect();
    assert!(missing.is_empty(), "never handled: {missing:?}");
    assert!(published.len() > ROUNDS * 10, "it did something");
}
