//! Due dates and fines against an independent calculation, and which rule decides.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// 2026-01-01.
fn first() -> Day {
    serde_json::from_str("\"2026-01-01\"").unwrap()
}

fn day(number: u32) -> Day {
    first().plus(number)
}

fn rule(location: &str, category: &str, item_type: &str) -> Rule {
    let fields = serde_json::json!({
        "location": location, "reader_category": category, "item_type": item_type, "loan_days": 15, "max_lendings": 3,
        "max_renewals": 1, "fine_cents_per_day": 200, "fine_cap_cents": null, "pickup_days": 7,
        "blocked_while_overdue": true,
    });
    Rule::new(serde_json::from_value(fields).unwrap()).unwrap()
}

fn terms(fine_cents_per_day: u32, grace_days: u32, fine_cap_cents: Option<u32>) -> Terms {
    Terms { rule_id: rule("*", "*", "*").id, location: None, fine_cents_per_day, grace_days, fine_cap_cents }
}

proptest! {
    /// Walks from day to day, as a person with a calendar would.
    #[test]
    fn a_fine_is_what_a_walk_over_the_calendar_gives(
        closed in prop::collection::btree_set(0_u32..120, 0..60),
        due in 0_u32..60,
        back in 0_u32..120,
        per_day in 0_u32..1_000,
        grace in 0_u32..20,
        cap in prop::option::of(0_u32..20_000),
    ) {
        let days: ClosedDays = closed.iter().map(|number| day(*number)).collect();
        let late = Late::of(&terms(per_day, grace, cap), day(due), day(back), &days);
        let (mut overdue, mut free, mut cents) = (0, grace, 0_i64);
        let mut today = due;
        while today < back {
            today += 1;
            overdue += 1;
            if closed.contains(&today) {
                continue;
            }
            if free > 0 {
                free -= 1;
            } else {
                cents += i64::from(per_day);
            }
        }
        if let Some(cap) = cap && cents > i64::from(cap) {
            cents = i64::from(cap);
        }
        prop_assert_eq!(late, Late { days_overdue: overdue, fine_cents: cents });
    }

    #[test]
    fn what_is_due_on_a_closed_day_is_due_on_the_next_open_one(
        closed in prop::collection::btree_set(0_u32..60, 0..60), start in 0_u32..60,
    ) {
        let days: ClosedDays = closed.iter().map(|number| day(*number)).collect();
        let mut expected = start;
        while closed.contains(&expected) {
            expected += 1;
        }
        prop_assert_eq!(days.open_from(day(start)), day(expected));
    }

    /// Of the eight scopes that may fit, in the order that the documentation gives.
    #[test]
    fn the_most_specific_rule_that_fits_decides(present in prop::collection::btree_set(0_usize..8, 1..8)) {
        let order = [
            ("Main", "student", "dvd"), ("Main", "student", "*"), ("Main", "*", "dvd"), ("Main", "*", "*"),
            ("*", "student", "dvd"), ("*", "student", "*"), ("*", "*", "dvd"), ("*", "*", "*"),
        ];
        let rules: Vec<Rule> = present.iter().rev().map(|at| order[*at]).map(|(a, b, c)| rule(a, b, c)).collect();
        let chosen = choose(&rules, Some("Main"), "student", Some("dvd")).unwrap();
        let (location, category, item_type) = order[*present.first().unwrap()];
        prop_assert_eq!(
            (chosen.location.as_str(), chosen.reader_category.as_str(), chosen.item_type.as_str()),
            (location, category, item_type)
        );
        // What has no place or type, or another one, fits those for any alone.
        let other: BTreeSet<&str> = ["*"].into();
        for (place, kind) in [(None, None), (Some("Annex"), Some("map"))] {
            if let Some(chosen) = choose(&rules, place, "teacher", kind) {
                prop_assert!(other.contains(chosen.location.as_str()) && other.contains(chosen.item_type.as_str()));
            }
        }
    }
}

#[test]
fn a_library_that_is_closed_for_a_year_moves_no_due_date() {
    let closed: ClosedDays = (0..400).map(day).collect();
    assert_eq!(closed.open_from(day(10)), day(10));
    assert_eq!(closed.open_between(day(0), day(399)), 0);
}
