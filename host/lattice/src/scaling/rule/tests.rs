//! Loads that rise, fall, swing and break off.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Load, Rule, Scaler};

const LOOK: Duration = Duration::from_secs(2);
const RULE: Rule = Rule { floor: 3, ceiling: 30, in_use: 0.7, exhausted: 0.9, calm: Duration::from_mins(1) };

/// A component under a load of so many calls in flight, look by look.
struct World {
    scaler: Scaler,
    now: Instant,
    instances: usize,
    changes: Vec<usize>,
}

impl World {
    fn new(instances: usize) -> Self {
        Self { scaler: Scaler::new(RULE), now: Instant::now(), instances, changes: Vec::new() }
    }

    fn look(&mut self, in_flight: usize, cpu: f64) {
        self.now += LOOK;
        let load = Load { instances: self.instances, in_flight, cpu };
        if let Some(instances) = self.scaler.decide(load, self.now) {
            assert_ne!(instances, self.instances, "a change changes something");
            self.instances = instances;
            self.changes.push(instances);
        }
    }

    fn looks(&mut self, count: usize, in_flight: usize) {
        (0..count).for_each(|_| self.look(in_flight, 0.5));
    }
}

#[test]
fn more_come_after_two_looks_and_in_one_step() {
    let mut world = World::new(3);
    world.looks(1, 14);
    assert!(world.changes.is_empty(), "{:?}", world.changes);
    world.looks(1, 14);
    assert_eq!(world.changes, [20]);
    world.looks(1000, 14);
    assert_eq!(world.changes, [20], "and that was enough");
}

#[test]
fn a_blip_is_no_load() {
    let mut world = World::new(3);
    for _ in 0..100 {
        world.looks(1, 30);
        world.looks(1, 1);
    }
    assert!(world.changes.is_empty(), "{:?}", world.changes);
}

#[test]
fn fewer_come_slowly_and_by_halves() {
    let mut world = World::new(30);
    world.looks(29, 0);
    assert!(world.changes.is_empty(), "not before it was calm for a minute");
    world.looks(35 * 10, 0);
    assert_eq!(world.changes, [15, 7, 3]);
}

#[test]
fn a_load_that_swings_quickly_scales_up_once_and_never_down() {
    let mut world = World::new(3);
    for _ in 0..100 {
        world.looks(10, 20);
        world.looks(10, 2);
    }
    assert_eq!(world.changes, [29], "up once, and never down");
}

#[test]
fn there_are_no_more_while_the_machines_have_no_time() {
    let mut world = World::new(3);
    (0..100).for_each(|_| world.look(30, 0.95));
    assert!(world.changes.is_empty(), "{:?}", world.changes);
    (0..100).for_each(|_| world.look(30, 0.85));
    assert_eq!(world.changes, [30]);
}

#[test]
fn a_number_outside_of_the_bounds_is_brought_within() {
    let mut world = World::new(192);
    world.looks(1, 0);
    assert_eq!(world.changes, [30]);
    let mut world = World::new(1);
    world.look(0, 1.0);
    assert_eq!(world.changes, [3], "the floor holds also on machines without time");
}

proptest! {
    #[test]
    fn whatever_the_load_the_number_stays_within_its_bounds(
        loads in prop::collection::vec((0_usize..500, 0.0..1.0), 1..500),
        first in 3_usize..=30,
    ) {
        let mut world = World::new(first);
        for (in_flight, cpu) in loads {
            world.look(in_flight, cpu);
            prop_assert!((3..=30).contains(&world.instances));
        }
    }

    #[test]
    fn a_steady_load_comes_to_rest(in_flight in 0_usize..100, first in 3_usize..=30) {
        let mut world = World::new(first);
        world.looks(500, in_flight);
        let changes = world.changes.len();
        prop_assert!(changes <= 4, "{:?}", world.changes);
        world.looks(500, in_flight);
        prop_assert_eq!(world.changes.len(), changes);
        // Calls that wait have made it grow as far as it may.
        prop_assert!(world.instances >= in_flight.min(30));
    }

    #[test]
    fn each_change_in_the_other_direction_takes_a_while(
        loads in prop::collection::vec(0_usize..60, 1..1000),
    ) {
        let mut world = World::new(3);
        let mut last: Option<(Instant, bool)> = None;
        for in_flight in loads {
            let (before, count) = (world.instances, world.changes.len());
            world.looks(1, in_flight);
            if world.changes.len() > count {
                let is_more = world.instances > before;
                if let Some((at, was_more)) = last && was_more && !is_more {
                    prop_assert!(world.now - at >= RULE.calm);
                }
                last = Some((world.now, is_more));
            }
        }
    }
}
