//! Embedded, one host on real servers, and a lattice of one, two and three hosts. All of it shares this machine, so more
//! hosts show what a hop costs, not what more machines bring.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lyceum_private_servers::Servers;

use super::answers::into_array;
use super::calls::{CALLS, Caller, Cost};
use super::links;
use super::person::{Person, registrations};
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::lattice::{processes, start};
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use crate::bench::{Bench, client::Client};
use xtask::process::step;

/// What the lattices are called, by their number of hosts.
const TITLES: [&str; 3] = ["lattice, one host", "lattice, two hosts", "lattice, three hosts"];
/// How long what ran on a host that is stopped may take until it is gone.
const PATIENCE: Duration = Duration::from_mins(1);

/// Measured figures, the first three each embedded, one host with servers, and lattices of one, two and three hosts.
pub(in crate::bench) struct OnLattice {
    pub(in crate::bench) hello: Vec<Figures>,
    pub(in crate::bench) reading: Vec<Figures>,
    pub(in crate::bench) registration: Vec<Figures>,
    /// On a lattice of one host: a component that answers by itself, and by asking a second one.
    pub(in crate::bench) hop: [Figures; 2],
    pub(in crate::bench) calls: Vec<Call>,
}

/// What one call of a capability costs.
pub(in crate::bench) struct Call {
    pub(in crate::bench) title: &'static str,
    pub(in crate::bench) on_servers: Cost,
    /// On a lattice of one host.
    pub(in crate::bench) on_lattice: Cost,
}

/// An address, the processes behind it, and a token that is good there.
struct Place {
    title: &'static str,
    base: String,
    pids: Vec<u32>,
    token: String,
}

impl Place {
    fn of_host(title: &'static str, host: &Lyceum) -> Result<Self> {
        let base = host.url("");
        let token = Person::register(&base)?.token;
        Ok(Self { title, base, pids: vec![host.pid()], token })
    }

    fn case(&self, path: &str, headers: Vec<String>) -> Case<'static> {
        let url = format!("{}{path}", self.base);
        self.of(Target { url, pids: self.pids.clone(), headers, ..Target::default() })
    }

    fn of(&self, target: Target) -> Case<'static> {
        Case { title: self.title, target, with_half: false, ..Case::default() }
    }
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> Result<OnLattice> {
    let (hop, calls) = (hop(bench)?, calls_of_capabilities(bench)?);
    let manifest = &bench.manifests.application_with_hello;
    let servers = Servers::start_durable()?;
    let links = links(&servers, "bench_lattice")?;
    let program = &bench.programs.lyceum;
    let embedded = Lyceum::start(program, manifest, &bench.data("lattice-embedded"))?;
    let on_servers = Lyceum::start_on(program, manifest, &bench.data("lattice-servers"), &links)?;
    let mut places =
        vec![Place::of_host("embedded", &embedded)?, Place::of_host("one host with servers", &on_servers)?];
    step("starting a lattice of three hosts");
    let lattice = start(bench, manifest, &["a", "b", "c"], "/hello")?;
    let base = format!("http://{}", lattice.address("a")?);
    let token = Person::register(&base)?.token;

    let mut requests = Requests::default();
    // Hosts go one after the other; the others are measured beside each number of them.
    for hosts in (1..=TITLES.len()).rev() {
        let title = TITLES.get(hosts - 1).copied().unwrap_or_default();
        places.push(Place { title, base: base.clone(), pids: processes(&lattice)?, token: token.clone() });
        requests.measure(bench, &places, hosts)?;
        if hosts > 1 {
            places.pop();
            let host = ["a", "b", "c"].get(hosts - 1).context("a lattice has three hosts")?;
            lattice.host(host)?.program.stop()?;
            settle(&base)?;
        }
    }
    drop((lattice, embedded, on_servers));
    let Requests { hello, reading, registration } = requests;
    Ok(OnLattice { hello, reading, registration, hop, calls })
}

/// What the application is asked for.
#[derive(Default)]
struct Requests {
    hello: Vec<Figures>,
    reading: Vec<Figures>,
    registration: Vec<Figures>,
}

impl Requests {
    fn measure(&mut self, bench: &Bench, places: &[Place], hosts: usize) -> Result<()> {
        let all = |case: &dyn Fn(&Place) -> Case<'static>| {
            measure_cases(bench, &places.iter().map(case).collect::<Vec<_>>())
        };
        let token = |place: &Place| vec![format!("authorization: Bearer {}", place.token)];
        let hello = all(&|place| place.case("/hello", Vec::new()))?;
        let reading = all(&|place| place.case("/api/v1/users/me", token(place)))?;
        let registration = all(&|place| {
            place.of(registrations(format!("{}/api/v1/auth/register", place.base), place.pids.clone()))
        })?;
        add(&mut self.hello, hello, hosts);
        add(&mut self.reading, reading, hosts);
        add(&mut self.registration, registration, hosts);
        Ok(())
    }
}

/// Rounds of the same place come together; lattices stand in the order of their number of hosts.
fn add(figures: &mut Vec<Figures>, measured: Vec<Figures>, hosts: usize) {
    for one in measured {
        match figures.iter_mut().find(|known| known.title == one.title) {
            Some(known) => known.rounds.extend(one.rounds),
            // The greatest number of hosts is measured first.
            None if hosts < TITLES.len() => figures.insert(2, one),
            None => figures.push(one),
        }
    }
}

/// Waits until nobody misses the host that was stopped.
fn settle(base: &str) -> Result<()> {
    let (client, began) = (Client::new(), Instant::now());
    let mut good = 0;
    while good < 200 {
        good = if client.get(&format!("{base}/hello"), None).is_ok() { good + 1 } else { 0 };
        anyhow::ensure!(began.elapsed() < PATIENCE, "the lattice doesn't answer without the host");
    }
    Ok(())
}

/// Two components without anything else.
fn hop(bench: &Bench) -> Result<[Figures; 2]> {
    step("starting a lattice of one host with two components");
    let lattice = start(bench, &bench.manifests.hello, &["a"], "/hello")?;
    let (address, pids) = (lattice.address("a")?, processes(&lattice)?);
    let case = |title, path| Case {
        title,
        target: Target { url: format!("http://{address}{path}"), pids: pids.clone(), ..Target::default() },
        with_half: false,
        ..Case::default()
    };
    let cases = [case("one component", "/hello"), case("one component that asks a second one", "/relay")];
    into_array(measure_cases(bench, &cases)?)
}

/// A lattice of one host, and a host without one on the same servers.
fn calls_of_capabilities(bench: &Bench) -> Result<Vec<Call>> {
    step("starting a lattice of one host with a component that calls it");
    // It calls whatever has to be linked before anything is measured.
    let ready = "/calls/prepare?times=1";
    let lattice = start(bench, &bench.manifests.calls, &["a"], ready)?;
    let links = links(lattice.servers(), "bench_calls")?;
    let data = bench.data("calls-beside-lattice");
    let host = Lyceum::start_on(&bench.programs.lyceum, &bench.manifests.calls, &data, &links)?;
    Client::new().get(&host.url(ready), None)?;
    let there = Caller::of(bench, format!("http://{}", lattice.address("a")?), processes(&lattice)?)?;
    let here = Caller::of(bench, host.url(""), vec![host.pid()])?;
    let mut measured = Vec::new();
    for (name, title) in CALLS {
        let call = Call { title, on_servers: here.cost(bench, name)?, on_lattice: there.cost(bench, name)? };
        let (host, lattice) = (call.on_servers.time, call.on_lattice.time);
        step(format_args!("{title}: {host:.0} µs on servers, {lattice:.0} µs on a lattice"));
        measured.push(call);
    }
    Ok(measured)
}
