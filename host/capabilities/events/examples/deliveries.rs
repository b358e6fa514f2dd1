//! Measures the bus: durable publications, and deliveries to an empty handler.
//!
//! `cargo run --release -p lyceum-events --example deliveries -- [FOLDER]`; the folder should be on
//! the disk that matters, not in memory.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{
    Bus, Delivery, Error, Event, Failure, Handler, Observer, Options, Publisher, Subscription,
};
use tokio::sync::Notify;

const PUBLISHERS: u64 = 64;
const EACH: u64 = 500;
const TOTAL: u64 = PUBLISHERS * EACH;

#[derive(Default)]
struct Counter {
    handled: AtomicU64,
    all: Notify,
}

#[async_trait]
impl Handler for Counter {
    async fn handle(&self, _: Delivery) -> Result<(), Failure> {
        if self.handled.fetch_add(1, Ordering::Relaxed) + 1 == TOTAL {
            self.all.notify_one();
        }
        Ok(())
    }
}

#[derive(Default)]
struct Latencies(Mutex<Vec<Duration>>);

impl Observer for Latencies {
    fn handled(&self, _: &str, _: &str, latency: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(latency);
    }
}

impl Latencies {
    fn percentiles(&self) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.sort_unstable();
        let at = |part: usize| all.get(all.len() * part / 100).copied().unwrap_or_default();
        format!("p50 {:?}, p99 {:?}", at(50), at(99))
    }
}

fn event(publisher: u64, sequence: u64) -> Event {
    let id = format!("{publisher:04}-{sequence:08}");
    Event {
        body: Bytes::from(format!(r#"{{"id":"{id}","data":"{}"}}"#, "x".repeat(400))),
        id,
        kind: "measured.v1".to_owned(),
        aggregate_type: "measured".to_owned(),
        aggregate_id: format!("{publisher}-{}", sequence % 10),
        sequence,
    }
}

async fn publish(bus: &Arc<Bus>) -> Result<(), Box<dyn std::error::Error>> {
    let tasks: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| {
            let bus = bus.clone();
            tokio::spawn(async move {
                for sequence in 1..=EACH {
                    bus.publish(vec![event(publisher, sequence)]).await?;
                }
                Ok::<_, lyceum_events::PublishError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

async fn subscribe(bus: &Bus, consumer: &str) -> Result<Arc<Counter>, Error> {
    let counter = Arc::<Counter>::default();
    bus.subscribe(Subscription::new(consumer, ["measured.v1"]), counter.clone()).await?;
    Ok(counter)
}

fn rate(since: Instant) -> String {
    format!("{} events in {:.2?}", TOTAL, since.elapsed())
        + &format!(" = {:.0}/s", Duration::from_secs(TOTAL).div_duration_f64(since.elapsed()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::TempDir::new_in(base)?;

    let bus = Bus::open(folder.path().join("publish.db"), Options::default())?;
    let begun = Instant::now();
    publish(&bus).await?;
    println!("{PUBLISHERS} publishers, nobody listens: {}, {} commits", rate(begun), bus.commits());

    let begun = Instant::now();
    subscribe(&bus, "backlog").await?.all.notified().await;
    println!("a backlog, one consumer: {}", rate(begun));
    bus.shutdown().await;

    let latencies = Arc::new(Latencies::default());
    let options = Options { observer: Some(latencies.clone()), ..Options::default() };
    let bus = Bus::open(folder.path().join("both.db"), options)?;
    let counter = subscribe(&bus, "live").await?;
    let begun = Instant::now();
    publish(&bus).await?;
    counter.all.notified().await;
    println!("{PUBLISHERS} publishers, one consumer: {}, {} commits", rate(begun), bus.commits());
    bus.shutdown().await;
    println!("commit to handled: {}", latencies.percentiles());
    Ok(())
}
