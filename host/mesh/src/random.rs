//! Where chance comes from.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

/// A source of random numbers, passed in so that tests decide what happens.
///
/// Nothing here is a secret: it only spreads calls and waits.
pub trait Random: Send + Sync + 'static {
    /// A number spread evenly over all values.
    fn number(&self) -> u64;
}

/// The thread's generator, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn number(&self) -> u64 {
        rand::rng().next_u64()
    }
}

/// The same numbers for the same seed.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn number(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }
}

/// Scales a random `number` to `0..bound`; 0 for a `bound` of 0.
pub(crate) fn below(number: u64, bound: u64) -> u64 {
    // Multiply-shift (Lemire, "Fast Random Integer Generation in an Interval"): the bias of at most
    // bound / 2^64 doesn't matter for spreading load.
    let scaled = (u128::from(number) * u128::from(bound)) >> u64::BITS;
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_scaled_number_reaches_both_ends_and_stays_below_the_bound() {
        assert_eq!(below(0, 10), 0);
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(u64::MAX / 2 + 1, 10), 5);
        assert_eq!(below(u64::MAX, 0), 0);
    }
}
