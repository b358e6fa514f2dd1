//! Events, from the commit of the one that publishes until the last consumer has handled them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;

use super::person::registrations;
use crate::bench::client::Client;
use crate::bench::load::Pace;
use crate::bench::lyceum::Lyceum;
use crate::bench::metrics::Metrics;
use crate::bench::percentiles::{median, quantile};
use crate::bench::{Bench, ROUNDS};
use xtask::process::step;

const REGISTRATIONS: u64 = 5_000;
/// Registrations of which each is followed to its profile.
const FOLLOWED: u64 = 200;
const PATIENCE: Duration = Duration::from_mins(5);
const DELIVERED: &str = "lyceum_events_delivered_total";

/// Medians of the rounds.
pub(in crate::bench) struct Events {
    pub(in crate::bench) registrations: u64,
    /// Deliveries handled a second, from the first request until nothing was left.
    pub(in crate::bench) handled_per_second: f64,
    /// Transactions committed a second by all services meanwhile.
    pub(in crate::bench) commits_per_second: f64,
    /// Events that had come to the bus but were not handled when the last registration was answered.
    pub(in crate::bench) waiting_at_end: f64,
    /// Seconds from that last answer until nothing was left.
    pub(in crate::bench) caught_up_in: f64,
    /// Milliseconds from a registration's answer until `users` had handled its event, without other load.
    pub(in crate::bench) latency_p50: f64,
    pub(in crate::bench) latency_p99: f64,
}

struct Burst {
    handled_per_second: f64,
    commits_per_second: f64,
    waiting_at_end: f64,
    caught_up_in: f64,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Events> {
    let lyceum =
        Lyceum::start(&bench.programs.lyceum, &bench.manifests.instant_passwords, &bench.data("events"))?;
    let latencies = follow(&lyceum)?;
    let mut bursts = Vec::new();
    for round in 1..=ROUNDS {
        let burst = burst(bench, &lyceum)?;
        step(format_args!("round {round}, events: {:.0} handled/s", burst.handled_per_second));
        bursts.push(burst);
    }
    let of = |value: fn(&Burst) -> f64| median(bursts.iter().map(value));
    Ok(Events {
        registrations: REGISTRATIONS,
        handled_per_second: of(|burst| burst.handled_per_second),
        commits_per_second: of(|burst| burst.commits_per_second),
        waiting_at_end: of(|burst| burst.waiting_at_end),
        caught_up_in: of(|burst| burst.caught_up_in),
        latency_p50: quantile(latencies.iter().copied(), 0.5),
        latency_p99: quantile(latencies, 0.99),
    })
}

/// One registration after another, each until its profile is there; milliseconds.
pub(super) fn follow(lyceum: &Lyceum) -> anyhow::Result<Vec<f64>> {
    let client = Client::new();
    let mut latencies = Vec::new();
    for number in 0..FOLLOWED {
        let before = profiles(&lyceum.metrics()?);
        let account = json!({ "email": format!("followed{number}@example.org"),
            "password": "an engine of analysis", "display_name": "Somebody" });
        client.post(&lyceum.url("/api/v1/auth/register"), &account)?;
        let answered = Instant::now();
        while profiles(&lyceum.metrics()?) == before {
            ensure!(answered.elapsed() < PATIENCE, "no profile came");
        }
        latencies.push(answered.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(latencies)
}

fn burst(bench: &Bench, lyceum: &Lyceum) -> anyhow::Result<Burst> {
    let before = settle(lyceum, 0)?;
    let started = Instant::now();
    let target = registrations(lyceum.url("/api/v1/auth/register"), vec![lyceum.pid()]);
    target
        .run(&bench.programs.load, bench.connections, Pace::Count(REGISTRATIONS))
        .context("registrations")?;
    let answered = Instant::now();
    let waiting_at_end = lyceum.metrics()?.sum("lyceum_events_lag", None);
    let after = settle(lyceum, profiles(&before) + REGISTRATIONS)?;
    let took = started.elapsed().as_secs_f64();
    let during = |name| (after.sum(name, None) - before.sum(name, None)) / took;
    Ok(Burst {
        handled_per_second: during(DELIVERED),
        commits_per_second: during("lyceum_sql_commits_total"),
        waiting_at_end,
        caught_up_in: answered.elapsed().as_secs_f64(),
    })
}

/// Waits until so many profiles were made and no event is left anywhere.
fn settle(lyceum: &Lyceum, made: u64) -> anyhow::Result<Metrics> {
    let since = Instant::now();
    let mut last = None;
    loop {
        let metrics = lyceum.metrics()?;
        let delivered = metrics.count(DELIVERED, None);
        let is_quiet = profiles(&metrics) >= made && metrics.count("lyceum_events_lag", None) == 0;
        // Twice the same: an event may be between an outbox and the bus, where nobody counts it.
        if is_quiet && last == Some(delivered) {
            return Ok(metrics);
        }
        ensure!(since.elapsed() < PATIENCE, "events are left: {made} profiles wanted, {delivered} delivered");
        last = is_quiet.then_some(delivered);
        sleep(Duration::from_millis(20));
    }
}

fn profiles(metrics: &Metrics) -> u64 {
    metrics.count(DELIVERED, Some("users/reaction"))
}
