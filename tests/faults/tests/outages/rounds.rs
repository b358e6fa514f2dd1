//! One server fails in one way and comes back.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use lyceum_end_to_end::tier::Tier;

use crate::crew::{Attempt, Crew, Working};
use crate::rig::Place;
use crate::work::Kind;

/// What a refusal may take: the longest that a service gives a store to answer, and what a busy machine adds.
const DEADLINE: Duration = Duration::from_secs(20);
/// How soon everything works again at the latest. Two seconds are promised, and printed is what it took; a machine that
/// is busy with other things gets more.
const BOUND: Duration = Duration::from_secs(20);
/// How long a round may wait for so much work.
const PATIENCE: Duration = Duration::from_mins(2);
/// How much of each kind of work has to be seen meanwhile.
const ENOUGH: usize = 2;
/// What everything takes longer, in each direction, on the way to a slow server.
const SLOW: Duration = Duration::from_millis(50);

/// What happens to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Slow,
    Restarted,
    Stopped,
    Frozen,
    Killed,
}

impl Fault {
    /// What happens to this server in such a run.
    pub(crate) fn of(place: &str, tier: Tier) -> &'static [Self] {
        match tier {
            Tier::Full | Tier::Fast if place != "PostgreSQL" => &[Self::Frozen, Self::Killed],
            _ => &[Self::Slow, Self::Restarted, Self::Stopped, Self::Frozen, Self::Killed],
        }
    }

    /// Whether what needs the server is refused meanwhile.
    fn refuses(self) -> bool {
        matches!(self, Self::Stopped | Self::Frozen | Self::Killed)
    }

    fn begin(self, place: &Place<'_>) -> Result<()> {
        match self {
            Self::Slow => place.way.slow_down(SLOW),
            Self::Restarted => place.server.restart()?,
            Self::Stopped => place.server.stop()?,
            Self::Frozen => place.server.pause()?,
            Self::Killed => place.server.kill9()?,
        }
        Ok(())
    }

    fn end(self, place: &Place<'_>) -> Result<()> {
        match self {
            Self::Slow => place.way.slow_down(Duration::ZERO),
            Self::Restarted => {}
            Self::Stopped | Self::Killed => place.server.restart()?,
            Self::Frozen => place.server.resume()?,
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Slow => "slow",
            Self::Restarted => "restarted",
            Self::Stopped => "stopped",
            Self::Frozen => "frozen",
            Self::Killed => "killed",
        })
    }
}

/// Runs the round and prints what was seen.
pub(crate) async fn round(crew: &Arc<Crew>, place: &Place<'_>, fault: Fault) -> Result<()> {
    let mut working = crew.start().await?;
    let calm = Instant::now();
    wait(&mut working, "everything works before", || {
        Kind::ALL.iter().all(|kind| done(crew, *kind, calm) >= 1)
    })
    .await?;
    // A server may need a moment to end, and some are told of their clients only then.
    tokio::task::block_in_place(|| fault.begin(place))?;
    let harmed = Instant::now();
    let refused = |kind: Kind| fault.refuses() && place.needed_by.contains(&kind);
    wait(&mut working, "enough was seen", || {
        Kind::ALL.iter().all(|kind| {
            if refused(*kind) {
                crew.attempts(*kind, harmed).iter().filter(|attempt| !attempt.done).count() >= ENOUGH
            } else {
                done(crew, *kind, harmed) >= ENOUGH
            }
        })
    })
    .await?;
    tokio::task::block_in_place(|| fault.end(place))?;
    let healed = if fault == Fault::Restarted { harmed } else { Instant::now() };
    wait(&mut working, "everything works again", || {
        Kind::ALL.iter().all(|kind| done(crew, *kind, healed) >= 1)
    })
    .await?;
    working.stop().await?;
    println!("{:10} {:9} in {:.1} s", place.name, fault.to_string(), calm.elapsed().as_secs_f64());
    for kind in Kind::ALL {
        judge(crew, place, fault, kind, harmed, healed)?;
    }
    Ok(())
}

fn done(crew: &Crew, kind: Kind, since: Instant) -> usize {
    crew.attempts(kind, since).iter().filter(|attempt| attempt.done).count()
}

async fn wait(working: &mut Working, what: &str, mut is_so: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        working.look()?;
        if Instant::now() >= end {
            bail!("waited {PATIENCE:?} in vain until {what}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn judge(
    crew: &Crew,
    place: &Place<'_>,
    fault: Fault,
    kind: Kind,
    harmed: Instant,
    healed: Instant,
) -> Result<()> {
    let attempts = crew.attempts(kind, harmed);
    let refusals: Vec<&Attempt> = attempts.iter().filter(|attempt| !attempt.done).collect();
    let slowest = refusals.iter().map(|attempt| attempt.took).max().unwrap_or_default();
    let first = attempts.iter().filter(|attempt| attempt.done).map(|attempt| attempt.begun + attempt.took);
    let first = first.filter(|end| *end >= healed).min().context("it works again")?;
    let again = first.duration_since(healed);
    if !refusals.is_empty() {
        println!(
            "{:10} {:9} {:12} {:3} refused, the slowest after {:5} ms; works again {:4} ms after the server",
            place.name,
            fault.to_string(),
            kind.to_string(),
            refusals.len(),
            slowest.as_millis(),
            again.as_millis(),
        );
    }
    ensure!(slowest < DEADLINE, "{kind}: a refusal took {slowest:?}");
    ensure!(again < BOUND, "{kind}: works again after {again:?}");
    let spared = !place.needed_by.contains(&kind);
    ensure!(!spared || refusals.is_empty(), "{kind} does not need {}, but: {refusals:?}", place.name);
    Ok(())
}
