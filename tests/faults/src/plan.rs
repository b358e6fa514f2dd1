//! When and where the platform is killed.

use std::time::Duration;

use lyceum_end_to_end::harness::Backend;
use lyceum_end_to_end::tier::Tier;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// Every place in the program at which it can be killed: inside commit, relay, delivery and acknowledgement.
pub const FAILPOINTS: [&str; 10] = [
    "sql::before-commit",
    "sql::after-commit",
    "relay::before-publish",
    "relay::after-publish",
    "relay::after-delete",
    "bus::before-append",
    "bus::after-append",
    "bus::before-deliver",
    "bus::after-handle",
    "bus::after-acknowledge",
];

/// One kill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kill {
    /// From outside, so long after the load began.
    After(Duration),
    /// From inside, when this failpoint is reached for the so-manieth time.
    At(&'static str, u32),
}

/// How many rounds there are in a soak run of what is killed step by step, unless `LYCEUM_TEST_ROUNDS` says it.
const SOAK_ROUNDS: usize = 200;

fn soak_rounds() -> usize {
    let given = std::env::var("LYCEUM_TEST_ROUNDS").ok().and_then(|text| text.parse().ok());
    given.unwrap_or(SOAK_ROUNDS)
}

/// The kills of a run that follows one piece of work, which makes at least so many commits, as failpoint and hit: on both sides of
/// each commit, and at every other failpoint. Each is done once on files, and on a server around the last commit alone; in a
/// soak run all of them are done again and again on both.
pub fn along(commits: u32, backend: Backend, tier: Tier) -> Vec<(&'static str, u32)> {
    let is_commit = |point: &&str| point.starts_with("sql::");
    let (sides, others): (Vec<_>, Vec<_>) = FAILPOINTS.into_iter().partition(is_commit);
    let hits = (1..=commits).flat_map(|hit| sides.iter().map(move |point| (*point, hit)));
    let once: Vec<_> = hits.chain(others.into_iter().map(|point| (point, 1))).collect();
    match (tier, backend) {
        (Tier::Fast, _) => Vec::new(),
        (Tier::Full, Backend::Sqlite) => once,
        (Tier::Full, Backend::Postgres) => sides.iter().map(|point| (*point, commits)).collect(),
        (Tier::Soak, _) => once.into_iter().cycle().take(soak_rounds()).collect(),
    }
}

/// Which of these services are taken away in a run, one at a time: each once, and in a soak run again and again.
pub fn outages(services: &[&'static str], tier: Tier) -> Vec<&'static str> {
    let times = match tier {
        Tier::Fast => 0,
        Tier::Full => services.len(),
        Tier::Soak => soak_rounds().div_ceil(4).next_multiple_of(services.len().max(1)),
    };
    services.iter().copied().cycle().take(times).collect()
}

/// The seed of this run: `LYCEUM_TEST_SEED`, or a new one.
pub fn seed() -> u64 {
    let given = std::env::var("LYCEUM_TEST_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(rand::random)
}

/// The kills of a run, in a drawn order.
pub fn draw(seed: u64, tier: Tier) -> Vec<Kill> {
    let mut random = StdRng::seed_from_u64(seed);
    let (timed, each) = match tier {
        Tier::Fast => (1, 0),
        Tier::Full => (3, 1),
        Tier::Soak => (20, 3),
    };
    let mut kills: Vec<Kill> =
        (0..timed).map(|_| Kill::After(Duration::from_millis(random.random_range(200..3_000)))).collect();
    for _ in 0..each {
        kills.extend(FAILPOINTS.map(|point| Kill::At(point, random.random_range(5..40))));
    }
    kills.shuffle(&mut random);
    kills
}
