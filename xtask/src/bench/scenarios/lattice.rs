//! Embedded, one host on real servers, and a lattice of one, two and three hosts. All of it shares this machine, so more
//! hosts show what a hop costs, not what more machines bring.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lyceum_private_lattice::Lattice;
use lyceum_private_servers::Servers;

use super::calls::{self, CALLS, Cost};
use super::links;
use super::person::{Person, registrations};
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::lattice::{processes, start};
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use crate::bench::{Bench, client::Client};
use crate::process::step;

/// What the lattices are called, by their number of hosts.
const TITLES: [&str; 3] = ["lattice, one host", "lattice, two hosts", "lattice, three hosts"];
/// The service that answers `/hello`, when it is asked without the gateway.
const HELLO: &str = "hello-inside";
/// How long what ran on a host that is stopped may take until it is gone.
const PATIENCE: Duration = Duration::from_mins(1);

/// Measured figures: each embedded, one host with servers, and lattices of one, two and three hosts.
pub(in crate::bench) struct OnLattice {
    pub(in crate::bench) hello: Vec<Figures>,
    /// The same service on a lattice of one host, asked without the gateway.
    pub(in crate::bench) straight: Figures,
    pub(in crate::bench) reading: Vec<Figures>,
    pub(in crate::bench) registration: Vec<Figures>,
    /// What one call of each capability costs on a lattice of one host.
    pub(in crate::bench) calls: Vec<(&'static str, Cost)>,
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
        self.of(Target { url, pids: self.pids.clone(), headers, body: None })
    }

    fn of(&self, target: Target) -> Case<'static> {
        Case { title: self.title, target, with_half: false, commits: None }
    }
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> Result<OnLattice> {
    let manifest = &bench.manifests.application_with_hello;
    let servers = Servers::start_durable()?;
    let links = links(&servers, "bench_lattice")?;
    let program = &bench.programs.lyceum;
    let embedded = Lyceum::start(program, manifest, &bench.data("lattice-embedded"))?;
    let on_servers = Lyceum::start_on(program, manifest, &bench.data("lattice-servers"), &links)?;
    let mut places =
        vec![Place::of_host("embedded", &embedded)?, Place::of_host("one host with servers", &on_servers)?];
    step("starting a lattice of three hosts");
    let lattice = start(bench, manifest, &["a", "b", "c"], "/hello", Some(HELLO))?;
    let base = format!("http://{}", lattice.address("a")?);
    let token = Person::register(&base)?.token;

    let mut all = OnLattice {
        hello: Vec::new(),
        straight: Figures { title: "the same without the gateway", rounds: Vec::new() },
        reading: Vec::new(),
        registration: Vec::new(),
        calls: Vec::new(),
    };
    // Hosts go one after the other; the others are measured beside each number of them.
    for hosts in (1..=TITLES.len()).rev() {
        let title = TITLES.get(hosts - 1).copied().unwrap_or_default();
        places.push(Place { title, base: base.clone(), pids: processes(&lattice)?, token: token.clone() });
        all.measure(bench, &places, hosts)?;
        if hosts == 1 {
            all.straight(bench, &places, &lattice)?;
        } else {
            places.pop();
            let host = ["a", "b", "c"].get(hosts - 1).context("a lattice has three hosts")?;
            lattice.host(host)?.program.stop()?;
            settle(&base)?;
        }
    }
    drop((lattice, embedded, on_servers));
    all.calls = on_one_host(bench)?;
    Ok(all)
}

impl OnLattice {
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

    fn straight(&mut self, bench: &Bench, places: &[Place], lattice: &Lattice) -> Result<()> {
        let place = places.last().context("there is a lattice")?;
        let url = format!("http://{}/hello", lattice.address(HELLO)?);
        let target = Target { url, pids: place.pids.clone(), ..Target::default() };
        let case = Case { title: self.straight.title, target, with_half: false, commits: None };
        self.straight = measure_cases(bench, &[case])?.pop().context("one case was measured")?;
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

fn on_one_host(bench: &Bench) -> Result<Vec<(&'static str, Cost)>> {
    step("starting a lattice of one host with a component that calls it");
    let ready = "/calls/nothing?times=0";
    let lattice = start(bench, &bench.manifests.calls, &["a"], ready, None)?;
    let (base, pids) = (format!("http://{}", lattice.address("a")?), processes(&lattice)?);
    Client::new().get(&format!("{base}/calls/prepare?times=1"), None)?;
    let nothing = calls::one(bench, &base, &pids, "nothing")?;
    let mut measured = Vec::new();
    for (name, title) in CALLS {
        let cost = calls::one(bench, &base, &pids, name)?.each_beyond(&nothing);
        step(format_args!("{title}: {:.0} µs on a lattice", cost.time));
        measured.push((title, cost));
    }
    Ok(measured)
}
