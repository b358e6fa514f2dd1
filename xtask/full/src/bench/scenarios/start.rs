//! From nothing to the first answer: compiled before or not, after a stop and after `kill -9`; and the
//! memory of a host without work.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::person::{Person, registrations};
use crate::bench::load::Pace;
use crate::bench::lyceum::Lyceum;
use crate::bench::memory::Memory;
use crate::bench::percentiles::median;
use crate::bench::{Bench, ROUNDS};
use xtask::process::step;

/// Registrations that must be under way before the host is killed.
const UNDER_WAY: u64 = 50;

/// Medians, in seconds.
pub(in crate::bench) struct Start {
    /// With an empty data folder: everything is compiled and every database made.
    pub(in crate::bench) cold: f64,
    /// After a stop.
    pub(in crate::bench) warm: f64,
    /// After `kill -9` under a load of registrations.
    pub(in crate::bench) after_kill: f64,
    /// After a warm start and one answer.
    pub(in crate::bench) idle: Memory,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Start> {
    let (mut cold, mut warm, mut after_kill) = (Vec::new(), Vec::new(), Vec::new());
    let mut idle = Vec::new();
    for round in 1..=ROUNDS {
        let data = bench.data(&format!("start-{round}"));
        let compiled = [("LYCEUM_CACHE", data.join("cache").display().to_string())];
        let (program, manifest) = (&bench.programs.lyceum, &bench.manifests.application);
        let start = || Lyceum::start_on(program, manifest, &data, &compiled);
        let lyceum = start()?;
        cold.push(lyceum.started_in.as_secs_f64());
        Person::register(&lyceum.url(""))?;
        lyceum.stop()?;
        let lyceum = start()?;
        warm.push(lyceum.started_in.as_secs_f64());
        idle.push(Memory::of(lyceum.pid())?);
        kill_under_load(bench, lyceum)?;
        let lyceum = start()?;
        after_kill.push(lyceum.started_in.as_secs_f64());
        step(format_args!(
            "round {round}, start: cold {:.2} s, warm {:.2} s, after kill -9 {:.2} s",
            cold.last().copied().unwrap_or_default(),
            warm.last().copied().unwrap_or_default(),
            lyceum.started_in.as_secs_f64(),
        ));
    }
    let of = |value: fn(&Memory) -> f64| median(idle.iter().map(value));
    Ok(Start {
        cold: median(cold),
        warm: median(warm),
        after_kill: median(after_kill),
        idle: Memory {
            resident: of(|memory| memory.resident),
            proportional: of(|memory| memory.proportional),
            anonymous: of(|memory| memory.anonymous),
        },
    })
}

fn kill_under_load(bench: &Bench, lyceum: Lyceum) -> anyhow::Result<()> {
    let target = registrations(lyceum.url("/api/v1/auth/register"), vec![lyceum.pid()]);
    let pace = Pace::Closed(Duration::from_mins(1));
    let mut command = target.command(&bench.programs.load, bench.connections, pace);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut load = command.spawn().context("can't start the load")?;
    let until = Instant::now() + Duration::from_mins(1);
    let under_way = loop {
        let metrics = lyceum.metrics();
        match metrics.map(|metrics| metrics.count("lyceum_sql_commits_total", Some("auth"))) {
            Ok(commits) if commits >= UNDER_WAY => break Ok(()),
            Ok(_) if Instant::now() > until => break Err(anyhow::anyhow!("no registrations in a minute")),
            Ok(_) => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => break Err(error),
        }
    };
    let killed = lyceum.kill();
    // It counts requests that nobody answers any more: its report is of no use.
    load.kill().context("can't end the load")?;
    load.wait().context("can't wait for the load")?;
    under_way.and(killed)
}
