//! Repeats never exceed 20 % of the calls plus 10 a second.

use std::time::{Duration, Instant};

use lyceum_mesh::retry::Budget;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Advance(u64),
    Calls(u16),
    Repeats(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_000_u64).prop_map(Step::Advance),
        (1..400_u16).prop_map(Step::Calls),
        (1..400_u16).prop_map(Step::Repeats),
    ]
}

/// How many of `moments` lie in the time up to and with `end` that is `length` long.
fn within(moments: &[Duration], end: Duration, length: Duration) -> u64 {
    moments.iter().filter(|moment| **moment <= end && **moment + length > end).count() as u64
}

proptest! {
    #[test]
    fn no_ten_seconds_hold_more_repeats_than_their_calls_pay_for(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        let mut elapsed = Duration::ZERO;
        let (mut calls, mut repeats) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Advance(milliseconds) => elapsed += Duration::from_millis(milliseconds),
                Step::Calls(count) => for _ in 0..count {
                    budget.deposit(start + elapsed);
                    calls.push(elapsed);
                },
                Step::Repeats(count) => {
                    let granted = (0..count).filter(|_| budget.try_repeat(start + elapsed)).count();
                    repeats.extend(std::iter::repeat_n(elapsed, granted));
                    let paid = within(&calls, elapsed, Budget::WINDOW) / 5 + 100;
                    if granted > 0 {
                        prop_assert!(within(&repeats, elapsed, Budget::WINDOW) <= paid);
                    }
                }
            }
        }
        // Over the whole run, too: a call pays once.
        let whole = calls.len() as u64 / 5 + 10 * (elapsed + Budget::WINDOW).as_secs() + 10;
        prop_assert!(repeats.len() as u64 <= whole);
    }

    #[test]
    fn a_quiet_caller_may_always_repeat(gaps in prop::collection::vec(110..5_000_u64, 1..300)) {
        let mut now = Instant::now();
        let mut budget = Budget::new(now);
        for gap in gaps {
            now += Duration::from_millis(gap);
            prop_assert!(budget.try_repeat(now), "fewer than 10 a second must be granted");
        }
    }
}
