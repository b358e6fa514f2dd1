//! Traps, endless loops, endless memory and endless bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Person;
use lyceum_end_to_end::harness::Lyceum;
use lyceum_end_to_end::poll::{PATIENCE, until};

use crate::with_hostile;

/// Requests that are measured, quiet and disturbed.
const SAMPLES: usize = 300;
/// A bystander's p99 beside a plug-in that computes without end. Half of all processor time may be the plug-in's,
/// and the machine may have other work.
const BOUND: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_costs_only_its_own_answer() -> Result<()> {
    disturbed_by("trap", 500).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_costs_only_its_own_answer() -> Result<()> {
    disturbed_by("loop", 500).await
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_without_end_costs_only_its_own_answer() -> Result<()> {
    disturbed_by("allocate", 500).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_without_an_answer_costs_only_its_own() -> Result<()> {
    disturbed_by("silent", 500).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_cut_off() -> Result<()> {
    let lyceum = with_hostile().await?;
    let person = ready(&lyceum).await?;
    let began = Instant::now();
    // Whether the client sees an error or a short body, it sees an end.
    let ended = person.get("/hostile/endless").await;
    ensure!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    if let Ok(answer) = ended {
        ensure!(answer.body.len() <= 2 << 20, "{} bytes", answer.body.len());
    }
    measure(&person).await?;
    Ok(())
}

async fn disturbed_by(what: &str, least: u16) -> Result<()> {
    let lyceum = with_hostile().await?;
    let person = ready(&lyceum).await?;
    let quiet = measure(&person).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut attacks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (person, stop, path) = (person.clone(), Arc::clone(&stop), format!("/hostile/{what}"));
        attacks.spawn(async move {
            let mut count = 0_u32;
            while !stop.load(Ordering::Relaxed) || count == 0 {
                let answer = person.get(&path).await?;
                ensure!(answer.status.as_u16() >= least, "{answer}");
                answer.problem().with_context(|| path.clone())?;
                count += 1;
            }
            Ok(count)
        });
    }
    let disturbed = measure(&person).await;
    stop.store(true, Ordering::Relaxed);
    let mut count = 0;
    while let Some(attack) = attacks.join_next().await {
        count += attack??;
    }
    let disturbed = disturbed?;
    println!("{what}: p99 {quiet:?} quiet, {disturbed:?} beside {count} attacks");
    ensure!(disturbed < BOUND, "{what}: the p99 of others was {disturbed:?}, quiet it is {quiet:?}");
    Ok(())
}

/// Somebody whose profile is there.
pub(crate) async fn ready(lyceum: &Lyceum) -> Result<Person> {
    let person = lyceum.client()?.newcomer("Bystander").await?;
    until("the profile is there", PATIENCE, || async {
        Ok(person.get("/api/v1/users/me").await?.status.is_success().then_some(()))
    })
    .await?;
    Ok(person)
}

/// The p99 of reading one's own profile; each must succeed.
async fn measure(person: &Person) -> Result<Duration> {
    let mut times = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let began = Instant::now();
        person.get("/api/v1/users/me").await?.expect(200)?;
        times.push(began.elapsed());
    }
    times.sort();
    times.get(SAMPLES * 99 / 100).copied().context("samples")
}
