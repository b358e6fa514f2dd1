//! Embedded beside one, two and three hosts on real servers, behind the load balancer that `deploy/` describes. All of it
//! shares this machine, so more hosts show what sharing costs, not what more machines bring.

use anyhow::Context;
use lyceum_private_servers::{HaproxyServer, Servers};

use super::events::follow;
use super::links;
use super::person::{Person, registrations};
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use crate::bench::percentiles::quantile;

/// Measured figures: each the embedded one first, then one host, and then one, two and three behind the balancer.
pub(in crate::bench) struct Hosts {
    pub(in crate::bench) hello: Vec<Figures>,
    pub(in crate::bench) reading: Vec<Figures>,
    pub(in crate::bench) registration: Vec<Figures>,
    /// From a registration's answer to its profile on one host with servers, in milliseconds.
    pub(in crate::bench) latency_p50: f64,
    pub(in crate::bench) latency_p99: f64,
}

/// An address, who answers there, and a token that is good there.
struct Place<'p> {
    title: &'static str,
    base: String,
    hosts: &'p [Lyceum],
    token: &'p str,
}

fn place<'p>(title: &'static str, base: String, hosts: &'p [Lyceum], person: &'p Person) -> Place<'p> {
    Place { title, base, hosts, token: &person.token }
}

impl Place<'_> {
    fn target(&self, path: &str, headers: Vec<String>) -> Target {
        Target { url: format!("{}{path}", self.base), pids: self.pids(), headers, ..Target::default() }
    }

    fn pids(&self) -> Vec<u32> {
        self.hosts.iter().map(Lyceum::pid).collect()
    }
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Hosts> {
    let servers = Servers::start_durable()?;
    let links = links(&servers, "bench_hosts")?;
    let manifest = &bench.manifests.application_with_hello;
    let start = |name: &str| Lyceum::start_on(&bench.programs.lyceum, manifest, &bench.data(name), &links);
    let first = start("host-1")?;
    // As long as there is one host, it is the one that handles what follows.
    let latencies = follow(&first)?;
    let hosts = [first, start("host-2")?, start("host-3")?];
    let embedded = [Lyceum::start(&bench.programs.lyceum, manifest, &bench.data("host-embedded"))?];
    let [first, ..] = &hosts;
    let [alone] = &embedded;

    let file = bench.root.join("deploy/haproxy.cfg");
    let configuration =
        std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    let balancer = |hosts: &[Lyceum]| {
        HaproxyServer::before(&configuration, &hosts.iter().map(Lyceum::addresses).collect::<Vec<_>>())
    };
    let (one, two) = (hosts.get(..1).unwrap_or_default(), hosts.get(..2).unwrap_or_default());
    let (balancer_1, balancer_2, balancer_3) = (balancer(one)?, balancer(two)?, balancer(&hosts)?);
    let (there, here) = (Person::register(&first.url(""))?, Person::register(&alone.url(""))?);
    let places = [
        place("embedded", alone.url(""), &embedded, &here),
        place("one host with servers", first.url(""), one, &there),
        place("HAProxy, one host", balancer_1.url(), one, &there),
        place("HAProxy, two hosts", balancer_2.url(), two, &there),
        place("HAProxy, three hosts", balancer_3.url(), &hosts, &there),
    ];
    let all = |target: &dyn Fn(&Place<'_>) -> Target| {
        let case = |place: &Place<'_>| Case {
            title: place.title,
            target: target(place),
            with_half: false,
            ..Case::default()
        };
        measure_cases(bench, &places.iter().map(case).collect::<Vec<_>>())
    };
    let token = |place: &Place<'_>| vec![format!("authorization: Bearer {}", place.token)];
    Ok(Hosts {
        hello: all(&|place| place.target("/hello", Vec::new()))?,
        reading: all(&|place| place.target("/api/v1/users/me", token(place)))?,
        registration: all(&|place| {
            registrations(format!("{}/api/v1/auth/register", place.base), place.pids())
        })?,
        latency_p50: quantile(latencies.iter().copied(), 0.5),
        latency_p99: quantile(latencies, 0.99),
    })
}
