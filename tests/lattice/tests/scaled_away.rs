//! A service is scaled to nothing under load: it alone fails, as a client can act on, and what it missed it catches up with.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::poll::until;
use lyceum_lattice_tests::figures::{expect_unsent, show};
use lyceum_lattice_tests::inventory::Inventory;
use lyceum_lattice_tests::metrics::Metrics;
use lyceum_lattice_tests::proof::Proof;
use lyceum_private_lattice::Options;

const PERIOD: Duration = Duration::from_secs(8);
const SCALED: Duration = Duration::from_mins(1);
/// What other services answer, each with a database of its own.
const OTHERS: [&str; 3] = ["/api/v1/auth/me", "/api/v1/notifications", "/api/v1/files"];
/// What the service answers that goes.
const ITS_OWN: &str = "/api/v1/users/me";

#[tokio::test(flavor = "multi_thread")]
async fn a_service_scaled_to_nothing_fails_alone() -> Result<()> {
    let proof = Proof::start(&Options::default(), &["a", "b", "c"]).await?;
    let lattice = &proof.lattice;
    let instances = instances(&Inventory::of(lattice)?);
    ensure!(instances > 0, "users doesn't run");
    proof.reader.get(ITS_OWN).await?.expect(200)?;
    let load = proof.load_of(&OTHERS)?;
    let began = Instant::now();
    tokio::time::sleep(PERIOD).await;

    scale(&proof, 0)?;
    let away = Instant::now();
    until("nothing of users runs", SCALED, || async {
        Ok((self::instances(&Inventory::of(lattice)?) == 0).then_some(()))
    })
    .await?;
    let mut answers = 0;
    while away.elapsed() < PERIOD * 2 {
        let answer = proof.reader.get(ITS_OWN).await?;
        answer.expect_problem(503)?;
        let wait = answer.header("retry-after").with_context(|| format!("Retry-After in {answer}"))?;
        ensure!(wait.parse::<u64>()? >= 1, "{answer}");
        answers += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let open = Metrics::of(lattice)?.of_destination("mesh_breaker", "users")?;

    scale(&proof, instances)?;
    let scaled = Instant::now();
    until("users answers again", SCALED, || async { Ok(proof.reader.get(ITS_OWN).await?.expect(200).ok()) })
        .await?;
    let back = Instant::now();
    tokio::time::sleep(PERIOD).await;
    let outcomes = load.stop().await?;
    let before = outcomes.period("the other services, before", began..away);
    let during = outcomes.period("the other services, while users runs nowhere", away..scaled);
    let after = outcomes.period("the other services, once users is back", scaled..Instant::now());
    show(&[&before, &during, &after]);
    println!(
        "users was scaled from {instances} instances to 0: {answers} answers of its own routes, all 503 with Retry-After; the \
         mesh's breakers were {open:?} (0 closed, 2 open); scaled up, it answered after {:.1} s\n",
        (back - scaled).as_secs_f64(),
    );
    expect_unsent(&outcomes, 0)?;
    for period in [before, during, after] {
        period.expect_error_free_after(Duration::ZERO)?;
    }
    // Among it the profile of each person who registered while there was no users.
    proof.expect_everybody_once().await
}

/// How many instances of users may run, on all hosts together.
fn instances(inventory: &Inventory) -> u32 {
    let hosts = inventory.names().into_iter().filter_map(|name| inventory.host(name));
    hosts.filter_map(|host| host.components().get("lyceum-users").copied()).sum()
}

/// Has wadm's manifest changed.
fn scale(proof: &Proof, instances: u32) -> Result<()> {
    let instances = instances.to_string();
    let scale = || proof.lattice.run(&["scale", "users", "--instances", &instances]);
    let said = tokio::task::block_in_place(scale)?;
    println!("{}", said.trim());
    Ok(())
}
