//! A small JSON answer: from one component, with an instance for each request, through a second
//! component, and through the gateway.

use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use crate::bench::native::Native;

/// Measured figures.
pub(in crate::bench) struct Answers {
    pub(in crate::bench) native: Figures,
    pub(in crate::bench) reused: Figures,
    pub(in crate::bench) fresh: Figures,
    pub(in crate::bench) relayed: Figures,
    pub(in crate::bench) through_gateway: Figures,
    pub(in crate::bench) gateway_alone: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Answers> {
    let start = |manifest, name| Lyceum::start(&bench.programs.lyceum, manifest, &bench.data(name));
    let native = Native::start(&bench.programs.native, &bench.data("native-hello"), &[])?;
    let hello = start(&bench.manifests.hello, "hello")?;
    let fresh = start(&bench.manifests.hello_fresh, "hello-fresh")?;
    let application = start(&bench.manifests.application_with_hello, "with-hello")?;
    let case = |title, url, pid, with_half| Case {
        title,
        target: Target { url, pids: vec![pid], ..Target::default() },
        with_half,
        ..Case::default()
    };
    let cases = [
        case("native axum", native.url("/hello"), native.pid(), true),
        case("one component", hello.url("/hello"), hello.pid(), true),
        case("one component, a fresh instance for each request", fresh.url("/hello"), fresh.pid(), true),
        case("one component that asks a second one", hello.url("/relay"), hello.pid(), false),
        case("gateway, then the component", application.url("/hello"), application.pid(), false),
        case("gateway alone (`GET /`)", application.url("/"), application.pid(), false),
    ];
    let measured = measure_cases(bench, &cases)?;
    let [native, reused, fresh, relayed, through_gateway, gateway_alone] = into_array(measured)?;
    Ok(Answers { native, reused, fresh, relayed, through_gateway, gateway_alone })
}

/// One for each case.
pub(in crate::bench) fn into_array<const N: usize>(figures: Vec<Figures>) -> anyhow::Result<[Figures; N]> {
    <[Figures; N]>::try_from(figures)
        .map_err(|figures| anyhow::anyhow!("{} figures for {N} cases", figures.len()))
}
