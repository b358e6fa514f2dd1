//! A copy of the log keeps its positions, its gaps, its progress and its dead letters, in a file and on a server.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use lyceum_events::backup::{ConsumerProgress, LaneProgress, LogTarget, partition};
use lyceum_events::{
    Bus, DeadLetter, Event, EventFilter, EventRecord, JetStreamBus, JetStreamLedger, JetStreamOptions,
    Ledger, Options, Publisher,
};
use lyceum_private_servers::NatsServer;

const CONSUMER: &str = "users/projection";
/// The log ends here, though its last event is gone.
const THROUGH: i64 = 9;

fn event(number: u64) -> Event {
    Event {
        id: format!("e{number}"),
        kind: "lyceum.test.Happened.v1".into(),
        aggregate_type: "thing".into(),
        aggregate_id: format!("t{}", number % 2),
        sequence: number,
        body: format!("{{\"number\":  {number}}}").into(),
    }
}

fn record(position: i64) -> EventRecord {
    let published_at =
        UNIX_EPOCH + Duration::from_secs(1_700_000_000) + Duration::from_micros(position.unsigned_abs());
    EventRecord { position, published_at, event: event(position.unsigned_abs()) }
}

fn progress() -> Vec<ConsumerProgress> {
    let lane = LaneProgress {
        aggregate_type: "thing".into(),
        aggregate_id: "t1".into(),
        finished: 3,
        attempts: 2,
        due_at: 5,
        error: "no".into(),
    };
    vec![ConsumerProgress {
        consumer: CONSUMER.into(),
        partition: None,
        floor: 8,
        lanes: vec![lane],
        starts: None,
    }]
}

fn letter() -> DeadLetter {
    DeadLetter {
        consumer: CONSUMER.into(),
        attempts: 7,
        error: "never".into(),
        died_at: UNIX_EPOCH + Duration::from_secs(1_700_000_001),
        replaying: false,
        record: record(4),
    }
}

/// The log begins at 3, and 5 and 6 are gone; 8 waits in an outbox, too.
async fn fill(mut target: LogTarget) -> Result<()> {
    ensure!(target.occupied().await?.is_none());
    target.begin(3).await?;
    target.append(vec![(record(3), false), (record(4), false)]).await?;
    target.append(vec![(record(7), false), (record(8), true)]).await?;
    target.finish(THROUGH, progress(), vec![letter()]).await?;
    Ok(())
}

fn positions(records: &[EventRecord]) -> Vec<(i64, &str)> {
    records.iter().map(|record| (record.position, record.event.id.as_str())).collect()
}

const AFTERWARDS: [(i64, &str); 5] = [(3, "e3"), (4, "e4"), (7, "e7"), (8, "e8"), (10, "e10")];

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_a_file_is_as_the_log_was() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("events.db");
    fill(LogTarget::file(&file)?).await?;
    ensure!(LogTarget::file(&file)?.occupied().await?.is_some());
    let ledger = Ledger::open(&file)?;
    ensure!(ledger.progress()? == progress());
    ensure!(ledger.dead_letters(None, 10, None)?.items == [letter()]);
    let bus = Bus::open(&file, Options::default())?;
    ensure!(LogTarget::file(&file).is_err(), "a bus has it open");
    bus.publish(vec![event(10), event(8)]).await?;
    let found = ledger.events(&EventFilter::default(), 100, None)?.items;
    ensure!(positions(&found) == AFTERWARDS, "{:?}", positions(&found));
    ensure!(found[..4] == [record(3), record(4), record(7), record(8)]);
    bus.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_on_a_server_is_as_the_log_was() -> Result<()> {
    let server = NatsServer::start()?;
    fill(LogTarget::jetstream(&server.url(), "app").await?).await?;
    ensure!(LogTarget::jetstream(&server.url(), "app").await?.occupied().await?.is_some());
    let ledger = JetStreamLedger::open(&server.url(), "app").await?;
    // Each partition knows the lanes in it.
    let found = ledger.progress().await?;
    ensure!(found.len() == 8 && found.iter().all(|of| of.floor == 8 && of.consumer == CONSUMER), "{found:?}");
    let own = found.iter().find(|of| of.partition == Some(partition("t1"))).context("a partition")?;
    ensure!(own.lanes == progress()[0].lanes && own.finished("thing", "t1") == 3, "{own:?}");
    ensure!(found.iter().map(|of| of.lanes.len()).sum::<usize>() == 1, "{found:?}");
    ensure!(ledger.dead_letters(None, 10, None).await?.items == [letter()]);
    // The one that waited is recognised.
    let bus = JetStreamBus::connect(&server.url(), "app", JetStreamOptions::default()).await?;
    bus.publish(vec![event(10), event(8)]).await?;
    let found = ledger.events(&EventFilter::default(), 100, None).await?.items;
    ensure!(positions(&found) == AFTERWARDS, "{:?}", positions(&found));
    ensure!(found.iter().all(|found| found.event == event(found.position.unsigned_abs())));
    // What was copied from a server goes to a server with its partitions.
    let other = NatsServer::start()?;
    let mut target = LogTarget::jetstream(&other.url(), "app").await?;
    target.begin(3).await?;
    target.append(found.into_iter().map(|record| (record, false)).collect()).await?;
    target.finish(10, ledger.progress().await?, Vec::new()).await?;
    let copy = JetStreamLedger::open(&other.url(), "app").await?;
    ensure!(copy.progress().await? == ledger.progress().await?);
    ensure!(copy.last_position().await? == 10);
    Ok(())
}
