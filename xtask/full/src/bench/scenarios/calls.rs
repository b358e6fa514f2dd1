//! What one call of each capability costs, embedded and on servers of this machine: a component makes twenty of them one
//! after the other, and what that takes longer than none is divided by twenty.

use lyceum_private_servers::Servers;

use super::links;
use crate::bench::client::Client;
use crate::bench::load::{Pace, Target};
use crate::bench::lyceum::Lyceum;
use crate::bench::percentiles::median;
use crate::bench::{Bench, ROUNDS};
use xtask::process::step;

/// Calls in one request.
const TIMES: u32 = 20;
/// As the component knows them, and what they are.
pub(super) const CALLS: [(&str, &str); 10] = [
    ("sql-read", "`sql`: a row by its key"),
    ("sql-commit", "`sql`: a durable commit of a row"),
    ("sql-commit-with-event", "the same with an event"),
    ("keyvalue-get", "`keyvalue`: get"),
    ("keyvalue-increment", "`keyvalue`: increment"),
    ("documents-get", "`documents`: get"),
    ("documents-put", "`documents`: a durable write"),
    ("blobs-get", "`blobs`: an object of 4 KiB, read"),
    ("blobs-put", "`blobs`: an object of 4 KiB, stored"),
    ("mail", "`mail`: handed over"),
];

/// One kind of call.
pub(in crate::bench) struct Call {
    pub(in crate::bench) title: &'static str,
    pub(in crate::bench) embedded: Cost,
    pub(in crate::bench) on_servers: Cost,
}

/// Of one call, in microseconds.
pub(in crate::bench) struct Cost {
    /// Until it is done.
    pub(in crate::bench) time: f64,
    /// Of the host's processor time, with what it does in the background.
    pub(in crate::bench) cpu: f64,
}

impl Cost {
    /// What each of the calls takes that make a request cost this, where one without them costs `nothing`.
    fn each_beyond(&self, nothing: &Self) -> Self {
        let each = |all: f64, nothing: f64| ((all - nothing) / f64::from(TIMES)).max(0.0);
        Self { time: each(self.time, nothing.time), cpu: each(self.cpu, nothing.cpu) }
    }
}

/// One for each kind.
pub(in crate::bench) type Calls = Vec<Call>;

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Calls> {
    let servers = Servers::start_durable()?;
    let links = links(&servers, "bench_calls")?;
    let start = |name: &str, links: &[_]| {
        let host =
            Lyceum::start_on(&bench.programs.lyceum, &bench.manifests.calls, &bench.data(name), links)?;
        Client::new().get(&host.url("/calls/prepare?times=1"), None)?;
        anyhow::Ok(host)
    };
    let (embedded, on_servers) = (start("calls", &[])?, start("calls-on-servers", &links)?);
    let caller = |host: &Lyceum| Caller::of(bench, host.url(""), vec![host.pid()]);
    let (embedded, on_servers) = (caller(&embedded)?, caller(&on_servers)?);
    let mut calls = Calls::new();
    for (name, title) in CALLS {
        let call =
            Call { title, embedded: embedded.cost(bench, name)?, on_servers: on_servers.cost(bench, name)? };
        let (here, there) = (call.embedded.time, call.on_servers.time);
        step(format_args!("{title}: {here:.0} µs embedded, {there:.0} µs on servers"));
        calls.push(call);
    }
    Ok(calls)
}

/// The component that calls, somewhere.
pub(super) struct Caller {
    base: String,
    pids: Vec<u32>,
    /// What a request costs that makes no calls.
    nothing: Cost,
}

impl Caller {
    /// The one at this address, with these processes behind it.
    pub(super) fn of(bench: &Bench, base: String, pids: Vec<u32>) -> anyhow::Result<Self> {
        let nothing = one(bench, &base, &pids, "nothing")?;
        Ok(Self { base, pids, nothing })
    }

    /// Of one of these calls.
    pub(super) fn cost(&self, bench: &Bench, name: &str) -> anyhow::Result<Cost> {
        Ok(one(bench, &self.base, &self.pids, name)?.each_beyond(&self.nothing))
    }
}

/// One request after another on one connection; medians.
fn one(bench: &Bench, base: &str, pids: &[u32], name: &str) -> anyhow::Result<Cost> {
    let url = format!("{base}/calls/{name}?times={TIMES}");
    let target = Target { url, pids: pids.to_vec(), ..Target::default() };
    let rounds = (0..ROUNDS)
        .map(|_| target.run(&bench.programs.load, 1, Pace::Closed(bench.length / 2)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Cost {
        time: median(rounds.iter().map(|report| report.latency_us.p50)),
        cpu: median(rounds.iter().map(super::super::load::Report::cpu_us)),
    })
}
