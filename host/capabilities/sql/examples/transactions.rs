//! Measures small transactions, each an insert and an event, from parallel callers.
//!
//! `cargo run --release -p lyceum-sql --example transactions [-- postgres://...]`; SQLite in a temporary
//! folder without an argument.

use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lyceum_events::{PublishError, Publisher};
use lyceum_sql::{Backend, Error, Event, Migration, Options, Statement, Transaction, Value};

const CALLERS: usize = 64;
const EACH: usize = 400;

/// A bus that costs nothing.
struct Nowhere;

#[async_trait]
impl Publisher for Nowhere {
    async fn publish(&self, _: Vec<lyceum_events::Event>) -> Result<(), PublishError> {
        Ok(())
    }
}

fn add(id: String) -> Transaction {
    let event = Event {
        id: id.clone(),
        kind: "lyceum.things.ThingAdded.v1".into(),
        aggregate_type: "thing".into(),
        aggregate_id: id.clone(),
        data: r#"{"name":"a thing"}"#.into(),
    };
    let insert = Statement {
        text: "INSERT INTO things (id, name) VALUES ($1, $2)".into(),
        params: vec![Value::Text(id), Value::Text("a thing".into())],
        expect_rows: Some(1),
    };
    Transaction { statements: vec![insert], events: vec![event], ..Transaction::default() }
}

fn deadline() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

/// Runs `call` from all callers and prints how it went.
async fn measure<F>(what: &str, call: impl Fn(String) -> F + Clone + Send + 'static)
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let begun = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (call, what) = (call.clone(), what.to_owned());
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(EACH);
                for round in 0..EACH {
                    let begun = Instant::now();
                    if let Err(error) = call(format!("{what} {caller} {round}")).await {
                        eprintln!("{what}: {error}");
                    }
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap_or_default());
    }
    let rate = Duration::from_secs(1).as_nanos() * u128::try_from(times.len()).unwrap_or_default()
        / begun.elapsed().as_nanos().max(1);
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("{what}: {rate}/s, p50 {:?}, p99 {:?}", at(50), at(99));
}

async fn transactions(what: &str, database: &Arc<dyn Backend>) {
    let before = (database.statistics().commits.get(), database.statistics().batches.get());
    let writing = Arc::clone(database);
    measure(what, move |id| {
        let database = Arc::clone(&writing);
        async move { database.transact(add(id), deadline()).await.map(|_| ()) }
    })
    .await;
    let commits = database.statistics().commits.get() - before.0;
    let batches = database.statistics().batches.get() - before.1;
    println!("    {} commits of the storage for 1000 transactions", batches * 1000 / commits.max(1));
}

#[tokio::main]
async fn main() -> ExitCode {
    let Ok(folder) = tempfile::tempdir() else { return ExitCode::FAILURE };
    let url = env::args().nth(1).unwrap_or_else(|| folder.path().join("things.db").display().to_string());
    let sql = "CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT NOT NULL)".to_owned();
    let options = Options { connections: 16, ..Options::default() };
    let database = match lyceum_sql::open(&url, "things", options) {
        Ok(database) => database,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = database.migrate(&[Migration { id: "0001".into(), sql }]).await {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    transactions("insert and event", &database).await;
    let begun = Instant::now();
    let relay = database.spawn_relay(Arc::new(Nowhere));
    while relay.statistics().relayed.get() < u64::try_from(CALLERS * EACH).unwrap_or_default() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("relaying all of them: {:?}", begun.elapsed());
    transactions("insert and event, with relay", &database).await;
    let reading = Arc::clone(&database);
    measure("read by key", move |id| {
        let read = Statement {
            text: "SELECT id, name FROM things WHERE id = $1".into(),
            params: vec![Value::Text(id.replace("read by key", "insert and event"))],
            expect_rows: Some(1),
        };
        let database = Arc::clone(&reading);
        async move { database.query(vec![read], deadline()).await.map(|_| ()) }
    })
    .await;
    relay.shutdown().await;
    ExitCode::SUCCESS
}
