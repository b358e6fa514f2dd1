//! When and where the platform is killed.

use std::time::Duration;

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
