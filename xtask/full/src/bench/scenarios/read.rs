//! `GET /api/v1/users/me` with a token, through gateway, users and SQLite; and where the time goes.

use std::thread;

use anyhow::{Context, anyhow, ensure};

use super::answers::into_array;
use super::person::Person;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::client::Client;
use crate::bench::figures::Figures;
use crate::bench::load::{Pace, Target};
use crate::bench::lyceum::Lyceum;
use crate::bench::native::Native;
use crate::bench::perf::{self, Profile};
use crate::bench::{Bench, memory::Memory};

const PATH: &str = "/api/v1/users/me";

/// Measured figures.
pub(in crate::bench) struct Read {
    pub(in crate::bench) native: Figures,
    pub(in crate::bench) native_caching: Figures,
    pub(in crate::bench) lyceum: Figures,
    pub(in crate::bench) memory_after: Memory,
    pub(in crate::bench) breakdown: Breakdown,
}

/// CPU time of one request, in microseconds.
pub(in crate::bench) struct Breakdown {
    pub(in crate::bench) total: f64,
    /// Computing inside of the instances of these components.
    pub(in crate::bench) gateway: f64,
    pub(in crate::bench) users: f64,
    /// `None` where `perf` is not there or not allowed.
    pub(in crate::bench) profile: Option<Profile>,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Read> {
    let lyceum = Lyceum::start(&bench.programs.lyceum, &bench.manifests.application, &bench.data("read"))?;
    let person = Person::register(&lyceum.url(""))?;
    let profile = bench.data("profile.json");
    std::fs::write(&profile, &person.profile).context("can't write the profile")?;
    let profile = profile.to_str().context("the folder's name is not UTF-8")?;
    let start = |name, more: &[&str]| {
        let arguments = [&["--profile", profile], more].concat();
        Native::start(&bench.programs.native, &bench.data(name), &arguments)
    };
    let native = start("native-read", &[])?;
    let caching = start("native-read-caching", &["--cache-tokens"])?;
    let answered = Client::new().get(&native.url(PATH), Some(native.token()))?;
    ensure!(answered == person.profile, "the native server answers other bytes: {answered}");

    let target = |url, pid, token: &str| Target {
        url,
        pids: vec![pid],
        headers: vec![format!("authorization: Bearer {token}")],
        ..Target::default()
    };
    let case = |title, target| Case { title, target, with_half: true, ..Case::default() };
    let reading = target(lyceum.url(PATH), lyceum.pid(), &person.token);
    let cases = [
        case("native axum + sqlx", target(native.url(PATH), native.pid(), native.token())),
        case(
            "native, remembering verified tokens",
            target(caching.url(PATH), caching.pid(), caching.token()),
        ),
        case("Lyceum: gateway, users, SQLite", reading.clone()),
    ];
    let [native, native_caching, through_lyceum] = into_array(measure_cases(bench, &cases)?)?;
    let breakdown = break_down(bench, &lyceum, &reading)?;
    let memory_after = Memory::of(lyceum.pid())?;
    Ok(Read { native, native_caching, lyceum: through_lyceum, memory_after, breakdown })
}

/// Once more, watched by `perf` and the components' own clocks.
fn break_down(bench: &Bench, lyceum: &Lyceum, target: &Target) -> anyhow::Result<Breakdown> {
    let name = "lyceum_component_cpu_seconds_total";
    let before = lyceum.metrics()?;
    let handled = |metrics: &crate::bench::metrics::Metrics| {
        metrics.sum("lyceum_component_call_duration_seconds_count", Some("users"))
    };
    let (profile, report) = thread::scope(|scope| {
        let profile = scope.spawn(|| perf::record(lyceum.pid(), bench.length, &bench.data("perf.data")));
        let report = target.run(&bench.programs.load, bench.connections, Pace::Closed(bench.length))?;
        anyhow::Ok((profile.join().map_err(|_| anyhow!("watching broke"))?, report))
    })?;
    let after = lyceum.metrics()?;
    // With those of the warm-up, which the report leaves out.
    let requests = (handled(&after) - handled(&before)).max(1.0);
    let each =
        |component| (after.sum(name, Some(component)) - before.sum(name, Some(component))) * 1e6 / requests;
    Ok(Breakdown { total: report.cpu_us(), gateway: each("gateway"), users: each("users"), profile })
}
