//! The users service is rolled to a new version under load: by canary, back, blue-green; and a broken one is released.
#![forbid(unsafe_code)]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Person;
use lyceum_end_to_end::poll::until;
use lyceum_faults::deployment::Deployment;
use lyceum_lattice_tests::deployment::OnLattice;
use lyceum_lattice_tests::figures::{Period, expect_unsent, show};
use lyceum_lattice_tests::load::{Kind, Outcome};
use lyceum_lattice_tests::metrics::Metrics;
use lyceum_lattice_tests::proof::Proof;
use lyceum_lattice_tests::versions::{Version, answers, next_users};
use lyceum_private_lattice::{Lattice, Options};

/// Answers that are counted for each weight.
const COUNTED: u32 = 800;
/// How long a broken version may get calls until it is left alone.
const NOTICED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_rolled_out_back_and_over_without_a_failed_request() -> Result<()> {
    let proof = Proof::start(&Options::default(), &["a", "b", "c"]).await?;
    let lattice = &proof.lattice;
    let admin = OnLattice(lattice).admin().await?;
    let folder = tempfile::tempdir()?;
    let next = next_users(&lattice.programs().images, folder.path(), "users-next-1.wasm")?;
    let load = proof.load()?;
    let mut times = vec![("released", Instant::now())];
    run(lattice, &["release", "users", "--image", &next.to_string_lossy()])?;
    expect(&admin, 0).await?;

    times.push(("canary", Instant::now()));
    for percent in [1, 10, 50, 100] {
        share(lattice, 100 - percent, percent)?;
        expect(&admin, percent).await?;
    }
    times.push(("rolled back", Instant::now()));
    share(lattice, 100, 0)?;
    expect(&admin, 0).await?;

    times.push(("blue-green", Instant::now()));
    share(lattice, 0, 100)?;
    expect(&admin, 100).await?;
    share(lattice, 100, 0)?;
    expect(&admin, 0).await?;

    times.push(("promoted", Instant::now()));
    let began = Instant::now();
    run(lattice, &["promote", "users-next"])?;
    println!("promote took {:.1} s", began.elapsed().as_secs_f64());
    expect(&admin, 100).await?;
    let inventory = lattice.inventory()?.to_string();
    ensure!(!inventory.contains("lyceum-users-next"), "the version is gone: {inventory}");

    times.push(("broken", Instant::now()));
    broken(lattice, &admin).await?;
    times.push(("withdrawn", Instant::now()));
    run(lattice, &["withdraw", "users-broken"])?;
    expect(&admin, 100).await?;
    times.push(("end", Instant::now()));

    let outcomes = load.stop().await?;
    let periods: Vec<_> =
        times.windows(2).map(|pair| outcomes.period(pair[0].0, pair[0].1..pair[1].1)).collect();
    show(&periods.iter().collect::<Vec<_>>());
    expect_unsent(&outcomes, 0)?;
    for (period, (name, _)) in periods.iter().zip(&times) {
        // What a version that traps had begun, it has begun: but reads are asked of the other.
        let kinds: &[Kind] = if *name == "broken" { &[Kind::Read] } else { &Kind::ALL };
        expect_good_at_once(period, kinds)?;
        period.expect_error_free_after(Duration::ZERO)?;
    }
    proof.expect_everybody_once().await
}

/// Half of the calls go to a version that traps. It is noticed, and the other one serves.
async fn broken(lattice: &Lattice, admin: &Person) -> Result<()> {
    let image = lattice.programs().application.join("build/broken.wasm");
    ensure!(Path::new(&image).exists(), "{} is built by cargo xtask test", image.display());
    run(lattice, &["release", "users", "--as", "users-broken", "--image", &image.to_string_lossy()])?;
    let began = Instant::now();
    run(lattice, &["weights", "users", "users=50", "users-broken=50"])?;
    let metrics = until("the broken version is left alone", NOTICED, || async {
        let metrics = Metrics::of(lattice)?;
        let trips = sum(&metrics, "mesh_trips_total", "users-broken")?;
        Ok((trips > 0.0).then_some(metrics))
    });
    let metrics = metrics.await?;
    println!(
        "a version that traps: its breaker opened within {:.1} s, after {} calls of which {} failed; {} calls of the other \
         failed",
        began.elapsed().as_secs_f64(),
        sum(&metrics, "mesh_calls_total", "users-broken")?,
        sum(&metrics, "mesh_failures_total", "users-broken")?,
        sum(&metrics, "mesh_failures_total", "users")?,
    );
    ensure!(sum(&metrics, "mesh_trips_total", "users")? == 0.0, "the breaker of the good one opened");
    // With the breaker open as with the breaker half open.
    ensure!(answers(admin, COUNTED / 4).await?.get(&Version::New) == Some(&(COUNTED / 4)));
    run(lattice, &["weights", "users", "users=100", "users-broken=0"])
}

/// Over all copies of the mesh.
fn sum(metrics: &Metrics, name: &str, destination: &str) -> Result<f64> {
    Ok(metrics.of_destination(name, destination)?.iter().sum())
}

/// The new version gives so many percent of the answers.
async fn expect(admin: &Person, percent: u32) -> Result<()> {
    let count = if matches!(percent, 0 | 100) { COUNTED / 4 } else { COUNTED };
    let began = Instant::now();
    let answers = answers(admin, count).await?;
    let new = answers.get(&Version::New).copied().unwrap_or_default();
    println!(
        "weight {percent:3} %: {new} of {count} answers by the new version, asked one by one in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let (share, count) = (f64::from(percent) / 100.0, f64::from(count));
    // Five times what it varies by is passed by once in a million runs.
    let tolerance = 5.0 * (count * share * (1.0 - share)).sqrt();
    let is_so = (f64::from(new) - count * share).abs() <= tolerance && (new > 0) == (percent > 0);
    ensure!(is_so, "{new} of {count} answers by the new version instead of {percent} %");
    Ok(())
}

fn share(lattice: &Lattice, old: u32, new: u32) -> Result<()> {
    run(lattice, &["weights", "users", &format!("users={old}"), &format!("users-next={new}")])
}

fn run(lattice: &Lattice, arguments: &[&str]) -> Result<()> {
    tokio::task::block_in_place(|| lattice.run(arguments)).map(drop)
}

/// No request of these kinds failed, not even the first time it was asked.
fn expect_good_at_once(period: &Period<'_>, kinds: &[Kind]) -> Result<()> {
    let asked = period.samples().iter().filter(|sample| kinds.contains(&sample.kind));
    let failed = asked.filter(|sample| sample.first != Outcome::Good).count();
    ensure!(failed == 0, "{failed} requests failed at first\n{period}");
    Ok(())
}
