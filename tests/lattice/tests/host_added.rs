//! A host joins a lattice under load, and takes its share.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Client;
use lyceum_lattice_tests::figures::{expect_unsent, show};
use lyceum_lattice_tests::inventory::{Inventory, until_inventory};
use lyceum_lattice_tests::proof::Proof;
use lyceum_private_lattice::Options;

const PERIOD: Duration = Duration::from_secs(10);
/// Everything has to start on a busy machine.
const JOINED: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_joins_takes_its_share() -> Result<()> {
    // The manifest knows of zone c before there is a host.
    let options = Options { zones: vec!["a", "b"], empty_zones: vec!["c"], ..Options::default() };
    let proof = Proof::start(&options, &["a", "b"]).await?;
    let lattice = &proof.lattice;
    let like = Inventory::of(lattice)?;
    let like = like.host("a").map(|host| (host.components(), host.providers().len()));
    let load = proof.load()?;
    let began = Instant::now();
    tokio::time::sleep(PERIOD).await;

    let started = Instant::now();
    let host = lattice.start_host("c", "c")?;
    let whole = until_inventory(lattice, "the new host runs its share", JOINED, |now| {
        now.host("c").map(|host| (host.components(), host.providers().len())) == like
    });
    let inventory = whole.await?;
    let ran = Instant::now();
    lattice.wait_for(host.address, "/api/v1/health")?;
    // Whoever balances the load is told of it.
    proof.balancer.add("c", Client::new(format!("http://{}", host.address))?);
    let joined = Instant::now();
    tokio::time::sleep(PERIOD).await;
    let ended = Instant::now();
    let outcomes = load.stop().await?;

    let before = outcomes.period("two hosts", began..started);
    let joining = outcomes.period("while the third starts", started..joined);
    let after = outcomes.period("three hosts", joined..ended);
    show(&[&before, &joining, &after]);
    let share = after.by_address();
    println!(
        "host c, process {:?}, ran {:?} after {:.1} s and took requests after {:.1} s; answers by host: {:?} before, {share:?} after\n",
        host.program.id(),
        inventory.host("c").map(|host| host.components()),
        (ran - started).as_secs_f64(),
        (joined - started).as_secs_f64(),
        before.by_address(),
    );
    expect_unsent(&outcomes, 0)?;
    for period in [&before, &joining, &after] {
        period.expect_error_free_after(Duration::ZERO)?;
    }
    // A third of the requests, less whatever ended otherwise.
    let answered: usize = share.values().sum();
    ensure!(share.get("c").is_some_and(|count| count * 4 >= answered), "{share:?}");
    proof.expect_everybody_once().await
}
