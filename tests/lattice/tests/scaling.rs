//! A service is scaled from one instance to ten and back under load, and no request fails.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use lyceum_lattice_tests::figures::{expect_unsent, show};
use lyceum_lattice_tests::inventory::Inventory;
use lyceum_lattice_tests::load::{Outcome, Rates};
use lyceum_lattice_tests::metrics::Metrics;
use lyceum_lattice_tests::proof::Proof;
use lyceum_private_lattice::{Lattice, Options};

const PERIOD: Duration = Duration::from_secs(10);
/// What one instance can serve, one call after the other, on a busy machine.
const RATES: Rates = Rates { reads: 10.0, registrations: 1.0 };

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_ten_and_one_again_cost_no_request() -> Result<()> {
    let proof = Proof::start(&Options::default(), &["a", "b", "c"]).await?;
    let lattice = &proof.lattice;
    let before = retries(lattice)?;
    let load = proof.load_at(&["/api/v1/users/me"], RATES);
    let mut times = vec![("192 instances".to_owned(), Instant::now())];
    tokio::time::sleep(PERIOD).await;
    for instances in [1, 10, 1] {
        let began = Instant::now();
        let spread = scale(lattice, instances)?;
        println!("{instances} instances after {:.1} s: {spread:?}", began.elapsed().as_secs_f64());
        times.push((format!("{instances} instances"), began));
        tokio::time::sleep(PERIOD).await;
    }
    times.push(("end".to_owned(), Instant::now()));
    let outcomes = load.stop().await?;
    let periods: Vec<_> =
        times.windows(2).map(|pair| outcomes.period(&pair[0].0, pair[0].1..pair[1].1)).collect();
    show(&periods.iter().collect::<Vec<_>>());
    expect_unsent(&outcomes, 0)?;
    let failed = outcomes.samples.iter().filter(|sample| sample.first != Outcome::Good).count();
    ensure!(failed == 0, "{failed} requests failed");
    // Nor was a call lost that was on its way to instances that stopped.
    let again = retries(lattice)? - before;
    ensure!(again == 0.0, "{again} calls were made again");
    proof.expect_everybody_once().await
}

/// Calls of users that the mesh has made again.
fn retries(lattice: &Lattice) -> Result<f64> {
    Ok(Metrics::of(lattice)?.of_destination("mesh_retries_total", "users")?.iter().sum())
}

/// Scales users, and gives how many instances each host has. All else is as it was.
fn scale(lattice: &Lattice, instances: u32) -> Result<Vec<(String, u32)>> {
    let others = |inventory: &Inventory| {
        let hosts = inventory.names().into_iter().filter_map(|name| Some((name, inventory.host(name)?)));
        let hosts = hosts.map(|(name, host)| {
            let mut components = host.components();
            let users = components.remove("lyceum-users").unwrap_or_default();
            (name.to_owned(), users, format!("{components:?} {:?}", host.providers()))
        });
        hosts.collect::<Vec<_>>()
    };
    let before = tokio::task::block_in_place(|| Inventory::of(lattice))?;
    tokio::task::block_in_place(|| lattice.run(&["scale", "users", "--instances", &instances.to_string()]))?;
    let after = tokio::task::block_in_place(|| Inventory::of(lattice))?;
    let (before, after) = (others(&before), others(&after));
    let untouched = before.iter().zip(&after).all(|(before, after)| before.2 == after.2);
    ensure!(before.len() == after.len() && untouched, "{before:?} became {after:?}");
    let spread: Vec<_> = after.into_iter().map(|(name, users, _)| (name, users)).collect();
    ensure!(spread.iter().map(|(_, users)| users).sum::<u32>() == instances, "{spread:?}");
    Ok(spread)
}
