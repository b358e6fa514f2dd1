//! Measures how long a committed event takes to the publisher, one event at a time.
//!
//! `cargo run --release -p lyceum-sql --example relay_latency [-- postgres://...]`: SQLite in a temporary
//! folder, then PostgreSQL (a private server without an argument), first with the relay in the process that
//! commits, then in another one, as on another host. Time runs from the commit's acknowledgement, so an
//! event that was published before it counts as 0.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use lyceum_events::{PublishError, Publisher};
use lyceum_private_servers::PostgresServer;
use lyceum_sql::{Backend, Event, Migration, Options, Transaction};

const EVENTS: usize = 500;
/// Between two commits: enough for the relay to fall asleep again.
const PAUSE: Duration = Duration::from_millis(10);
const CHILD: &str = "LYCEUM_RELAY_OF";

type Failure = Box<dyn std::error::Error>;

/// Microseconds since the Unix epoch, which other processes count from too.
fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()
}

/// Notes when each event arrives.
struct Arrivals(mpsc::Sender<u128>);

#[async_trait]
impl Publisher for Arrivals {
    async fn publish(&self, events: Vec<lyceum_events::Event>) -> Result<(), PublishError> {
        let arrived = now();
        for _ in events {
            self.0.send(arrived).map_err(|error| PublishError(error.to_string()))?;
        }
        Ok(())
    }
}

async fn commit(database: &dyn Backend, number: usize) -> Result<(), Failure> {
    let event = Event {
        id: format!("{}-{number}", now()),
        kind: "lyceum.things.ThingAdded.v1".into(),
        aggregate_type: "thing".into(),
        aggregate_id: (number % 100).to_string(),
        data: "{}".into(),
    };
    let transaction = Transaction { events: vec![event], ..Transaction::default() };
    database.transact(transaction, Instant::now() + Duration::from_secs(10)).await?;
    Ok(())
}

/// Commits one event after the other and prints how long each was on its way.
async fn measure(what: &str, database: &dyn Backend, arrivals: mpsc::Receiver<u128>) -> Result<(), Failure> {
    let mut times = Vec::with_capacity(EVENTS);
    let mut arrivals = Some(arrivals);
    for number in 0..EVENTS + 20 {
        commit(database, number).await?;
        let committed = now();
        let Some(waiting) = arrivals.take() else { break };
        let (waiting, arrived) =
            tokio::task::spawn_blocking(move || (waiting.recv_timeout(Duration::from_secs(10)), waiting))
                .await
                .map(|(arrived, waiting)| (waiting, arrived))?;
        arrivals = Some(waiting);
        // The first ones are for getting warm.
        if number >= 20 {
            times.push(arrived?.saturating_sub(committed));
        }
        tokio::time::sleep(PAUSE).await;
    }
    times.sort_unstable();
    let at = |percent: usize| {
        let time = times.get(times.len() * percent / 100).copied().unwrap_or_default();
        format!("{}.{:03} ms", time / 1000, time % 1000)
    };
    println!("{what}: median {}, p99 {}", at(50), at(99));
    Ok(())
}

/// Runs the relay of a database here, and prints when each event arrives, until nobody reads that.
async fn relay(url: &str) -> Result<(), Failure> {
    let database = lyceum_sql::open(url, "things", Options::default())?;
    let (sender, arrivals) = mpsc::channel();
    let _relay = database.spawn_relay(Arc::new(Arrivals(sender)));
    tokio::task::spawn_blocking(move || {
        for arrived in arrivals {
            if writeln!(std::io::stdout(), "{arrived}").is_err() {
                break;
            }
        }
    })
    .await?;
    Ok(())
}

async fn open(url: &str) -> Result<Arc<dyn Backend>, Failure> {
    let database = lyceum_sql::open(url, "things", Options::default())?;
    let sql = "CREATE TABLE things (id TEXT PRIMARY KEY)".to_owned();
    database.migrate(&[Migration { id: "0001".into(), sql }]).await?;
    Ok(database)
}

async fn in_this_process(what: &str, url: &str) -> Result<(), Failure> {
    let database = open(url).await?;
    let (sender, arrivals) = mpsc::channel();
    let relay = database.spawn_relay(Arc::new(Arrivals(sender)));
    measure(what, &*database, arrivals).await?;
    relay.shutdown().await;
    Ok(())
}

async fn in_another_process(what: &str, url: &str) -> Result<(), Failure> {
    let database = open(url).await?;
    let mut child = Command::new(std::env::current_exe()?).env(CHILD, url).stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let (sender, arrivals) = mpsc::channel();
    std::thread::spawn(move || {
        for arrived in lines.map_while(Result::ok).filter_map(|line| line.parse().ok()) {
            if sender.send(arrived).is_err() {
                break;
            }
        }
    });
    let outcome = measure(what, &*database, arrivals).await;
    child.kill()?;
    child.wait()?;
    outcome
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    if let Ok(url) = std::env::var(CHILD) {
        return relay(&url).await;
    }
    let folder = tempfile::tempdir()?;
    in_this_process("SQLite", &folder.path().join("things.db").display().to_string()).await?;
    let mut private = None;
    let url = match std::env::args().nth(1) {
        Some(url) => url,
        // One that syncs its files, as a server does.
        None => private.insert(PostgresServer::start_with(&[])?).url(),
    };
    in_this_process("PostgreSQL, relay in the same process", &url).await?;
    in_another_process("PostgreSQL, relay in another process", &url).await?;
    Ok(())
}
