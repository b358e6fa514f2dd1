//! How long to wait after failures in a row.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(25);
/// What failed and works again is noticed within this time.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Doubles from 25 ms to 1 s. Jitter takes up to half away, so that many hosts don't come back at once.
#[derive(Debug)]
pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    pub(super) fn reset(&mut self) {
        self.0 = FIRST;
    }

    pub(super) fn next(&mut self) -> Duration {
        let wait = self.0.mul_f64(rand::random_range(0.5..=1.0));
        self.0 = (self.0 * 2).min(MAX_WAIT);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_its_bound_and_starts_again() {
        let mut backoff = Backoff::new();
        for bound in [25, 50, 100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next();
            let bound = Duration::from_millis(bound);
            assert!(wait <= bound && wait >= bound / 2, "{wait:?} of {bound:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
