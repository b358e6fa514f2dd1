//! A host of three is killed under load, once with all that it runs and once alone, and comes back.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_lattice_tests::figures::{expect_unsent, show};
use lyceum_lattice_tests::inventory::{Inventory, until_inventory};
use lyceum_lattice_tests::processes::is_there;
use lyceum_lattice_tests::proof::Proof;
use lyceum_private_lattice::Options;

/// So soon after the kill nobody with another address to try sees an error any more.
const ERROR_FREE: Duration = Duration::from_secs(5);
/// How long each period of the load is.
const PERIOD: Duration = Duration::from_secs(12);
/// wadm misses a host after 16 seconds; and then everything has to start on a busy machine.
const BACK: Duration = Duration::from_mins(2);

#[derive(Clone, Copy)]
enum Loss {
    /// The host with its providers.
    Group,
    /// The host's own process: its providers find that out and end.
    Alone,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_killed_under_load_costs_nobody_anything() -> Result<()> {
    let proof = Proof::start(&Options::default(), &["a", "b", "c"]).await?;
    lose(&proof, "c", Loss::Group).await?;
    lose(&proof, "b", Loss::Alone).await?;
    proof.expect_everybody_once().await
}

async fn lose(proof: &Proof, name: &str, loss: Loss) -> Result<()> {
    let lattice = &proof.lattice;
    let victim = lattice.host(name)?;
    let before = Inventory::of(lattice)?;
    let serving = before.host(name).with_context(|| format!("{name} in {before:?}"))?;
    ensure!(!serving.components().is_empty() && !serving.providers().is_empty(), "{serving:?}");
    let (id, providers) = (victim.program.id().context("a process")?, victim.providers()?);

    let load = proof.load()?;
    let began = Instant::now();
    tokio::time::sleep(PERIOD).await;
    let killed = Instant::now();
    match loss {
        Loss::Group => victim.program.kill9()?,
        Loss::Alone => victim.program.kill9_alone()?,
    }
    println!(
        "kill -9 of host {name}, process {id}{}, which ran {:?} and the providers {providers:?}",
        if matches!(loss, Loss::Group) { " with its providers" } else { " alone" },
        serving.components(),
    );
    tokio::time::sleep(PERIOD).await;
    let restarted = Instant::now();
    // They would keep their address, and serve though nobody could tell them anything.
    let left: Vec<_> = providers.iter().filter(|(_, id)| is_there(**id)).collect();
    ensure!(left.is_empty(), "these providers have no host any more, and are still there: {left:?}");
    lattice.start_host(name, &victim.zone)?;
    let whole = until_inventory(lattice, "wadm brings the spread back", BACK, |now| {
        now.host(name).is_some_and(|host| {
            host.host_id != serving.host_id
                && host.components() == serving.components()
                && host.providers() == serving.providers()
        })
    });
    whole.await?;
    let spread = Instant::now();
    lattice.wait_for(victim.address, "/api/v1/health")?;
    let served = Instant::now();
    tokio::time::sleep(PERIOD).await;
    let ended = Instant::now();
    let outcomes = load.stop().await?;

    let baseline = outcomes.period("before", began..killed);
    let after = outcomes.period("after the kill", killed..restarted);
    let coming = outcomes.period("while it comes back", restarted..served);
    let back = outcomes.period("once it is back", served..ended);
    show(&[&baseline, &after, &coming, &back]);
    println!(
        "nobody with another address to try saw an error {:.1} s after the kill; started again, the host ran everything \
         after {:.1} s and took requests after {:.1} s; answers by host: {:?} before, {:?} once it was back\n",
        after.failing_for().as_secs_f64(),
        (spread - restarted).as_secs_f64(),
        (served - restarted).as_secs_f64(),
        baseline.by_address(),
        back.by_address(),
    );
    expect_unsent(&outcomes, 0)?;
    ensure!(baseline.by_address().get(name).is_some_and(|count| *count > 0), "{name} answered nothing");
    ensure!(back.by_address().get(name).is_some_and(|count| *count > 0), "{name} answers nothing");
    baseline.expect_error_free_after(Duration::ZERO)?;
    after.expect_error_free_after(ERROR_FREE)?;
    coming.expect_error_free_after(Duration::ZERO)?;
    back.expect_error_free_after(Duration::ZERO)
}
