//! How many repeats a destination gets: a share of its calls and a small constant rate.
//!
//! Without a budget, three tries a call turn a short overload into a lasting one. The idea and the name are
//! Finagle's `RetryBudget`.

use std::time::{Duration, Instant};

use crate::window::{Counts, Window};

/// The time over which calls earn and repeats cost: each slot, and how many slots.
const SLOT: Duration = Duration::from_millis(500);
const SLOTS: usize = 20;
/// Repeats are counted a slot longer than calls, see [`Budget::try_repeat`].
const REPEAT_SLOTS: usize = SLOTS + 1;

/// A budget over the last 10 s.
///
/// At the moment of any granted repeat, the repeats of the last 10 s, with this one, are at most 20 % of the
/// calls of the last 10 s plus 100 (10 a second). An earned repeat that is not used within the 10 s lapses.
#[derive(Debug)]
pub struct Budget {
    calls: Window<SLOTS>,
    repeats: Window<REPEAT_SLOTS>,
}

impl Budget {
    /// The time over which it counts.
    pub const WINDOW: Duration = Duration::from_secs(10);
    /// One repeat is earned by so many calls: 20 %.
    pub const CALLS_PER_REPEAT: u64 = 5;
    /// So many repeats a second are free, which lets a quiet caller repeat too.
    pub const FREE_PER_SECOND: u64 = 10;

    /// A budget without calls.
    pub fn new(now: Instant) -> Self {
        Self { calls: Window::new(SLOT, now), repeats: Window::new(SLOT, now) }
    }

    /// Notes a first call (not a repeat).
    pub fn deposit(&mut self, now: Instant) {
        self.calls.add(Counts { total: 1, hits: 0 }, now);
    }

    /// Takes a repeat out of the budget, if there is one.
    pub fn try_repeat(&mut self, now: Instant) -> bool {
        // A window covers up to a slot less than its length. So that no 10 s ever hold too many repeats,
        // calls are counted over at most 10 s and repeats over at least 10 s.
        let earned = self.calls.sum(now).total / Self::CALLS_PER_REPEAT;
        let free = Self::FREE_PER_SECOND * Self::WINDOW.as_secs();
        let granted = self.repeats.sum(now).total < earned + free;
        if granted {
            self.repeats.add(Counts { total: 1, hits: 0 }, now);
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Budget;

    fn granted(budget: &mut Budget, now: Instant) -> usize {
        (0..10_000).filter(|_| budget.try_repeat(now)).count()
    }

    #[test]
    fn a_fifth_of_the_calls_and_ten_a_second() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        (0..1000).for_each(|_| budget.deposit(now));
        assert_eq!(granted(&mut budget, now), 300);
    }

    #[test]
    fn what_was_spent_comes_back_after_the_window_and_what_was_earned_lapses() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        (0..1000).for_each(|_| budget.deposit(start));
        assert_eq!(granted(&mut budget, start), 300);
        assert_eq!(granted(&mut budget, start + Duration::from_secs(5)), 0);
        assert_eq!(granted(&mut budget, start + Duration::from_secs(11)), 100);
    }
}
