//! `kill -9` at any moment under load: nothing acknowledged is lost, nothing happens twice.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::until;
use lyceum_end_to_end::tier::Tier;
use lyceum_faults::journal::{Journal, read};
use lyceum_faults::load::{Load, People, repeat};
use lyceum_faults::plan::{Kill, draw, seed};
use lyceum_faults::rest::{Traces, kept};
use lyceum_faults::settling::settle;
use lyceum_faults::soak::{Figures, HEAD, write};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_done_twice_on_sqlite() -> Result<()> {
    run(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_done_twice_on_postgres() -> Result<()> {
    run(Backend::Postgres).await
}

async fn run(backend: Backend) -> Result<()> {
    let (seed, tier) = (seed(), Tier::current());
    println!("{backend}: LYCEUM_TEST_SEED={seed}");
    let kills = draw(seed, tier);
    let mut lyceum = Lyceum::start(Setup::of(backend)?).await?;
    let (file, mail) = (lyceum.data().join("..").join("journal"), lyceum.post());
    let (people, journal) = (Arc::new(People::new()), Arc::new(Journal::create(&file)?));
    let (mut restarts, mut unanswered) = (Vec::new(), 0);
    for kill in &kills {
        die(&mut lyceum, kill, &people, &journal).await.with_context(|| format!("{kill:?}, seed {seed}"))?;
        lyceum.restart(&[]).await.with_context(|| format!("restart after {kill:?}, seed {seed}"))?;
        restarts.push(lyceum.started_in());
        unanswered += answer_all(&lyceum, &journal, &file)
            .await
            .with_context(|| format!("after {kill:?}, seed {seed}"))?;
    }
    while tier == Tier::Soak && read(&file)?.len() < 1_000 {
        load_for(&lyceum, Duration::from_secs(2), &people, &journal).await?;
    }
    answer_all(&lyceum, &journal, &file).await?;
    let records = read(&file)?;
    println!("{backend}: {} registrations acknowledged; waiting for what follows from them", records.len());
    settle(&lyceum, &mail, &people.prefix, records.len()).await?;
    lyceum.terminate()?;
    let (found, ids) = kept(&lyceum, &mail, &people.prefix).await?;
    for record in &records {
        let email = &record.request.email;
        let answer =
            record.acknowledged.as_deref().with_context(|| format!("{email} was never acknowledged"))?;
        let answer: serde_json::Value = serde_json::from_str(answer)?;
        let promised = ids.get(answer["user_id"].as_str().unwrap_or_default());
        ensure!(
            promised == Some(email),
            "seed {seed}: {answer} was acknowledged, but {promised:?} has that id"
        );
        let traces = found.get(email).cloned().unwrap_or_default();
        ensure!(traces == Traces::ONE, "seed {seed}: {email} left {traces:?}\n{}", lyceum.log().tail());
    }
    ensure!(found.len() == records.len(), "{} addresses, but {} were sent", found.len(), records.len());
    let log = lyceum.log();
    let figures = Figures {
        backend,
        seed,
        rounds: kills.len(),
        acknowledged: records.len(),
        unanswered,
        absorbed: log.count("a repeated request got its first answer")?,
        redelivered: log.count("a redelivered event had no second effect")?,
        restarts,
    };
    println!("{HEAD}\n{figures}");
    if tier == Tier::Soak {
        ensure!(figures.redelivered > 0, "no event was redelivered, so nothing was shown");
        ensure!(figures.acknowledged >= 1_000, "too few registrations for a soak run");
        write(&figures)?;
    }
    Ok(())
}

/// Puts load on the platform until it is dead in the way that was drawn.
async fn die(lyceum: &mut Lyceum, kill: &Kill, people: &Arc<People>, journal: &Arc<Journal>) -> Result<()> {
    match kill {
        Kill::After(time) => {
            let load = Load::start(&lyceum.client()?, people, journal);
            tokio::time::sleep(*time).await;
            lyceum.kill9()?;
            load.stop().await
        }
        Kill::At(point, hit) => {
            lyceum.kill9()?;
            // It may reach the failpoint while it still starts, with what the last kill left behind.
            if let Err(error) = lyceum.restart(&[("LYCEUM_KILL_AT", &format!("{point}:{hit}"))]).await {
                return lyceum.wait_for_kill(Duration::ZERO).map_err(|_| error);
            }
            let load = Load::start(&lyceum.client()?, people, journal);
            let reached = until("the failpoint is reached", Duration::from_mins(1), || {
                let ended = lyceum.has_ended();
                async move { Ok(ended?.then_some(())) }
            })
            .await;
            // What stopped the load says more than that the failpoint was not reached.
            load.stop().await.and(reached).with_context(|| lyceum.log().tail())?;
            lyceum.wait_for_kill(Duration::ZERO)
        }
    }
}

async fn load_for(
    lyceum: &Lyceum,
    time: Duration,
    people: &Arc<People>,
    journal: &Arc<Journal>,
) -> Result<()> {
    let load = Load::start(&lyceum.client()?, people, journal);
    tokio::time::sleep(time).await;
    load.stop().await
}

/// Repeats every request that has no conclusive answer. Says how many there were.
async fn answer_all(lyceum: &Lyceum, journal: &Journal, file: &Path) -> Result<usize> {
    let client = lyceum.client()?;
    let open: Vec<_> = read(file)?.into_iter().filter(|record| record.acknowledged.is_none()).collect();
    let repetitions = open.iter().map(|record| repeat(&client, journal, &record.request));
    futures::future::try_join_all(repetitions).await?;
    Ok(open.len())
}
