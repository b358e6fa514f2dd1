//! Cases that are measured in turns.

use super::figures::{Figures, Round};
use super::load::{Pace, Target};
use super::native::Commits;
use super::{Bench, ROUNDS};
use xtask::process::step;

/// Something to put load on.
#[derive(Default)]
pub(super) struct Case<'c> {
    pub(super) title: &'static str,
    pub(super) target: Target,
    /// Whether the latency at half the load is of interest.
    pub(super) with_half: bool,
    /// Connections of the load, if not as many as the options say.
    pub(super) connections: Option<u32>,
    /// Where commits are counted, if there are any.
    pub(super) commits: Option<Box<dyn Fn() -> anyhow::Result<Commits> + 'c>>,
}

/// Measures all of them once in each round.
pub(super) fn measure(bench: &Bench, cases: &[Case<'_>]) -> anyhow::Result<Vec<Figures>> {
    let mut all: Vec<_> =
        cases.iter().map(|case| Figures { title: case.title, rounds: Vec::new() }).collect();
    for number in 1..=ROUNDS {
        for (case, figures) in cases.iter().zip(&mut all) {
            let round = round(bench, case)?;
            step(format_args!(
                "round {number}, {}: {:.0} requests/s, {:.0} µs CPU",
                case.title,
                round.closed.requests_per_second,
                round.closed.cpu_us()
            ));
            figures.rounds.push(round);
        }
    }
    Ok(all)
}

fn round(bench: &Bench, case: &Case<'_>) -> anyhow::Result<Round> {
    let run =
        |pace| case.target.run(&bench.programs.load, case.connections.unwrap_or(bench.connections), pace);
    let count = || case.commits.as_ref().map(|count| count()).transpose();
    let before = count()?;
    let closed = run(Pace::Closed(bench.length))?;
    let after = count()?;
    let commits = after.zip(before).map(|(after, before)| after.since(before));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive rate")]
    let rate = (closed.requests_per_second / 2.0).max(1.0) as u32;
    let half = case.with_half.then(|| run(Pace::Open(rate, bench.length))).transpose()?;
    Ok(Round { closed, half, commits })
}
