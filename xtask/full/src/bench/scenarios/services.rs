//! What each further service costs a host that has nothing to do: the application beside one of many components.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::person::Person;
use crate::bench::ROUNDS;
use crate::bench::client::Client;
use crate::bench::lyceum::Lyceum;
use crate::bench::manifests::copies;
use crate::bench::memory::{Memory, threads};
use crate::bench::percentiles::median;
use xtask::process::step;

/// Components that one of the applications has at least: if need be, with copies of some.
const COMPONENTS: usize = 20;
/// Seconds after which an instance ends that nobody calls.
const IDLE_INSTANCES: u64 = 2;
/// A thread that waits for work of the host's ends after ten seconds.
const SETTLES: Duration = Duration::from_mins(1);
/// Who reads at once, and how often each.
const READERS: usize = 16;
const READS: usize = 200;

/// An application that is loaded and idle, in medians.
pub(in crate::bench) struct Loaded {
    pub(in crate::bench) components: usize,
    /// From the start of the process to its first answer, with compiled code.
    pub(in crate::bench) start: f64,
    pub(in crate::bench) idle: Memory,
    pub(in crate::bench) threads: f64,
    /// At the end of many reads at once of one service.
    pub(in crate::bench) after_load: Memory,
    /// When the instances that served them have ended.
    pub(in crate::bench) settled: Memory,
}

/// What one start of one application gave.
struct Sample {
    start: f64,
    idle: Memory,
    threads: f64,
    after_load: Memory,
    settled: Memory,
}

/// Measures the program with the application in `root`.
pub(in crate::bench) fn measure(program: &Path, root: &Path, folder: &Path) -> anyhow::Result<Vec<Loaded>> {
    let mut applications = Vec::new();
    let own = copies::present(root)?;
    // As it is, and with as many as were planned for.
    for components in BTreeSet::from([own, own.max(COMPONENTS)]) {
        let manifest = copies::write(root, folder, components)?;
        let data = folder.join(format!("components-{components}"));
        // Compiles everything and makes every database.
        let lyceum = start(program, &manifest, &data)?;
        let token = Person::register(&lyceum.url(""))?.token;
        lyceum.stop()?;
        applications.push((components, manifest, data, token, Vec::new()));
    }
    for round in 1..=ROUNDS {
        for (components, manifest, data, token, samples) in &mut applications {
            let sample = sample(program, manifest, data, token)?;
            step(format_args!(
                "round {round}, {components} components: {:.2} s, {:.0} MiB, {} threads",
                sample.start, sample.idle.proportional, sample.threads
            ));
            samples.push(sample);
        }
    }
    let loaded = applications.into_iter().map(|(components, .., samples)| {
        let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
        let memory = |memory: fn(&Sample) -> &Memory| Memory {
            resident: median(samples.iter().map(|sample| memory(sample).resident)),
            proportional: median(samples.iter().map(|sample| memory(sample).proportional)),
            anonymous: median(samples.iter().map(|sample| memory(sample).anonymous)),
        };
        Loaded {
            components,
            start: of(|sample| sample.start),
            idle: memory(|sample| &sample.idle),
            threads: of(|sample| sample.threads),
            after_load: memory(|sample| &sample.after_load),
            settled: memory(|sample| &sample.settled),
        }
    });
    Ok(loaded.collect())
}

fn start(program: &Path, manifest: &Path, data: &Path) -> anyhow::Result<Lyceum> {
    Lyceum::start_on(program, manifest, data, &[("LYCEUM_IDLE_INSTANCES", IDLE_INSTANCES.to_string())])
}

fn sample(program: &Path, manifest: &Path, data: &Path, token: &str) -> anyhow::Result<Sample> {
    let lyceum = start(program, manifest, data)?;
    let start = lyceum.started_in.as_secs_f64();
    let (_, idle) = settle(&lyceum)?;
    let threads = threads(lyceum.pid())?;
    let url = lyceum.url("/api/v1/users/me");
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|_| {
                scope.spawn(|| {
                    let client = Client::new();
                    (0..READS).try_for_each(|_| client.get(&url, Some(token)).map(drop))
                })
            })
            .collect();
        readers.into_iter().try_for_each(|reader| match reader.join() {
            Ok(read) => read,
            Err(_) => Err(anyhow::anyhow!("a reader panicked")),
        })
    })?;
    let after_load = Memory::of(lyceum.pid())?;
    let (instances, settled) = settle(&lyceum)?;
    ensure!(instances == 0, "{instances} instances never ended");
    lyceum.stop()?;
    Ok(Sample { start, idle, threads, after_load, settled })
}

/// Waits until no instance lives and no thread ends any more, and says how many live and what memory there is.
fn settle(lyceum: &Lyceum) -> anyhow::Result<(u64, Memory)> {
    let until = Instant::now() + SETTLES;
    let mut before = (u64::MAX, 0.0);
    loop {
        // Longer than idle threads are kept, so that two looks alike mean that nothing changes any more.
        std::thread::sleep(Duration::from_secs(11));
        let metrics = lyceum.metrics().context("the operators' address")?;
        let created = metrics.count("lyceum_component_instances_created_total", None);
        let ended = metrics.count("lyceum_component_instances_discarded_total", None);
        let now = (created.saturating_sub(ended), threads(lyceum.pid())?);
        if now == before && now.0 == 0 || Instant::now() > until {
            return Ok((now.0, Memory::of(lyceum.pid())?));
        }
        before = now;
    }
}
