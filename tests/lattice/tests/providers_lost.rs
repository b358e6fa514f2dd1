//! Every provider is killed once under load, then all of one kind for a while, and then NATS goes away and comes back.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use lyceum_end_to_end::poll::until;
use lyceum_lattice_tests::figures::{expect_unsent, show};
use lyceum_lattice_tests::inventory::{Inventory, until_inventory};
use lyceum_lattice_tests::load::Outcomes;
use lyceum_lattice_tests::metrics::Metrics;
use lyceum_lattice_tests::processes::{kill9, processor_time};
use lyceum_lattice_tests::proof::Proof;
use lyceum_private_lattice::{Lattice, Options};
use lyceum_private_servers::Server;
use reqwest::Method;
use serde_json::{Value, json};

/// So soon after a loss, or after NATS is back, nobody with another address to try sees an error any more.
const ERROR_FREE: Duration = Duration::from_secs(5);
const BEFORE: Duration = Duration::from_secs(8);
const AFTER: Duration = Duration::from_secs(8);
/// How long NATS is away.
const AWAY: Duration = Duration::from_secs(10);
/// How long a host may take to start a provider again.
const BACK: Duration = Duration::from_mins(1);
/// How long all of a kind are away at least, so that a breaker must open.
const KIND_AWAY: Duration = Duration::from_secs(5);
/// A breaker probes again at the latest after this long.
const CLOSED: Duration = Duration::from_mins(1);

/// What is in the file that is read.
const CONTENT: &str = "The harbour is quiet at dawn.";

#[tokio::test(flavor = "multi_thread")]
async fn providers_and_nats_that_are_lost_cost_nobody_anything() -> Result<()> {
    let proof = Proof::start(&Options::default(), &["a", "b", "c"]).await?;
    one_of_each(&proof).await?;
    all_of_a_kind(&proof).await?;
    nats(&proof).await?;
    proof.expect_everybody_once().await
}

/// One process of each role, on one host after the other.
async fn one_of_each(proof: &Proof) -> Result<()> {
    let lattice = &proof.lattice;
    let names = ["a", "b", "c"];
    let roles: Vec<_> = lattice.host("a")?.providers()?.into_keys().collect();
    ensure!(roles.len() >= 6, "there are only {roles:?}");
    let (file, profile) = (uploaded(proof).await?, "/api/v1/users/me");
    let load = proof.load_of(&[profile, profile, profile, &file])?;
    let began = Instant::now();
    tokio::time::sleep(BEFORE).await;
    let first = Instant::now();
    let mut lost = Vec::new();
    for (role, name) in roles.iter().zip(names.iter().cycle()) {
        let known = until_inventory(lattice, "the inventory has the provider", BACK, |now| {
            now.host(name).is_some_and(|host| host.providers().iter().any(|id| id.contains(role.as_str())))
        });
        known.await?;
        let id = process(lattice, name, role)?.with_context(|| format!("{role} on {name}"))?;
        let computed = processor_time(id)?;
        kill9(id)?;
        let killed = Instant::now();
        let again = until("the provider is started again", BACK, || async {
            Ok(process(lattice, name, role)?.filter(|process| *process != id))
        });
        let again = again.await?;
        let back = Instant::now();
        println!(
            "kill -9 of {role} on host {name}, process {id}, which had computed for {computed:?}: its host started it again \
             after {:.1} s as process {again}",
            (back - killed).as_secs_f64()
        );
        tokio::time::sleep(AFTER).await;
        lost.push((format!("after {role} on {name} was killed"), killed..Instant::now()));
    }
    let outcomes = load.stop().await?;
    show(&[&outcomes.period("before", began..first)]);
    for (name, time) in lost {
        let period = outcomes.period(&name, time);
        show(&[&period]);
        period.expect_error_free_after(ERROR_FREE)?;
    }
    println!();
    expect_unsent(&outcomes, 0)
}

/// All that serve SQL, again and again, so that services fail until the mesh leaves them alone.
async fn all_of_a_kind(proof: &Proof) -> Result<()> {
    let lattice = &proof.lattice;
    let trips = |metrics: &Metrics| {
        let trips = metrics.of_destination("mesh_trips_total", "users")?;
        ensure!(!trips.is_empty(), "no mesh tells of users");
        anyhow::Ok(trips.iter().sum::<f64>())
    };
    let before = trips(&Metrics::of(lattice)?)?;
    let load = proof.load()?;
    let began = Instant::now();
    tokio::time::sleep(BEFORE).await;
    let killed = Instant::now();
    let kills = AtomicUsize::new(0);
    let opened = until("a breaker opens", BACK, || async {
        for host in lattice.hosts() {
            if let Some(id) = process(lattice, &host.name, "sql")? {
                kill9(id)?;
                kills.fetch_add(1, Ordering::Relaxed);
            }
        }
        let metrics = Metrics::of(lattice)?;
        let open = metrics.of_destination("mesh_breaker", "users")?.contains(&2.0);
        let is_so = open && trips(&metrics)? > before && killed.elapsed() >= KIND_AWAY;
        Ok(is_so.then_some(metrics))
    });
    opened.await?;
    let opened = Instant::now();
    let closed = until("every breaker is closed", CLOSED, || async {
        let metrics = Metrics::of(lattice)?;
        let states = metrics.of_destination("mesh_breaker", "users")?;
        Ok((states.len() == lattice.hosts().len() && states.iter().all(|state| *state == 0.0))
            .then_some(metrics))
    });
    let metrics = closed.await?;
    let closed = Instant::now();
    tokio::time::sleep(AFTER).await;
    let ended = Instant::now();
    let outcomes = load.stop().await?;
    let after = outcomes.period("once the breakers are closed", closed..ended);
    show(&[
        &outcomes.period("before", began..killed),
        &outcomes.period("while every sql provider is killed", killed..opened),
        &outcomes.period("while they come back", opened..closed),
        &after,
    ]);
    println!(
        "every sql provider was killed, {} times in {:.1} s: breakers for users opened {} times, by the metrics, and the last \
         was closed {:.1} s later\n",
        kills.load(Ordering::Relaxed),
        (opened - killed).as_secs_f64(),
        trips(&metrics)? - before,
        (closed - opened).as_secs_f64(),
    );
    after.expect_error_free_after(Duration::ZERO)
}

/// The broker of everything.
async fn nats(proof: &Proof) -> Result<()> {
    let servers = proof.lattice.servers();
    let load = proof.load()?;
    let began = Instant::now();
    tokio::time::sleep(BEFORE).await;
    let killed = Instant::now();
    servers.nats.kill9()?;
    println!("kill -9 of NATS on port {}, for {AWAY:?}", servers.nats.port());
    tokio::time::sleep(AWAY).await;
    servers.nats.restart()?;
    let back = Instant::now();
    tokio::time::sleep(AFTER * 2).await;
    let ended = Instant::now();
    let outcomes: Outcomes = load.stop().await?;
    let after = outcomes.period("once NATS is back", back..ended);
    show(&[
        &outcomes.period("before", began..killed),
        &outcomes.period("while NATS is away", killed..back),
        &after,
    ]);
    println!(
        "nobody with another address to try saw an error {:.1} s after NATS was back; hosts that answer: {:?}\n",
        after.failing_for().as_secs_f64(),
        Inventory::of(&proof.lattice)?.names(),
    );
    after.expect_error_free_after(ERROR_FREE)
}

fn process(lattice: &Lattice, host: &str, role: &str) -> Result<Option<u32>> {
    let providers: BTreeMap<String, u32> = lattice.host(host)?.providers()?;
    Ok(providers.get(role).copied())
}

/// The path of a file's content.
async fn uploaded(proof: &Proof) -> Result<String> {
    let announced = json!({ "original_filename": "harbour.txt", "file_size": CONTENT.len() });
    let announced = proof.reader.post("/api/v1/files", &announced).await?.expect(201)?.json()?;
    let id = announced.get("id").and_then(Value::as_str).context("an id")?;
    let path = format!("/api/v1/files/{id}/content");
    let content = proof.reader.request(Method::PUT, &path).body(CONTENT);
    Answer::to(content).await?.expect(200)?;
    Ok(path)
}
