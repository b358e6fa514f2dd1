//! The lanes against a model: any mix of reading, handling, failing, writing and crashing keeps
//! the order, and loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::lane::Due;
use super::lanes::{Handed, Lanes};
use super::progress::{Cursor, Update};
use super::record::{Aggregate, Logged};
use crate::Event;

#[derive(Clone, Debug)]
enum Step {
    Publish { aggregate: u8, count: u8 },
    Read { limit: u8 },
    Reread { lanes: u8, cut: u8 },
    Start,
    Succeed { which: u8 },
    Fail { which: u8 },
    Unavailable { which: u8 },
    NotYet { which: u8 },
    Die { which: u8 },
    Wake,
    Write { works: bool },
    Replay,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_u8, 1..90_u8).prop_map(|(aggregate, count)| Step::Publish { aggregate, count }),
        4 => (1..=255_u8).prop_map(|limit| Step::Read { limit }),
        4 => (1..4_u8, 1..64_u8).prop_map(|(lanes, cut)| Step::Reread { lanes, cut }),
        12 => Just(Step::Start),
        12 => any::<u8>().prop_map(|which| Step::Succeed { which }),
        3 => any::<u8>().prop_map(|which| Step::Fail { which }),
        3 => any::<u8>().prop_map(|which| Step::Unavailable { which }),
        3 => any::<u8>().prop_map(|which| Step::NotYet { which }),
        1 => any::<u8>().prop_map(|which| Step::Die { which }),
        3 => Just(Step::Wake),
        4 => any::<bool>().prop_map(|works| Step::Write { works }),
        1 => Just(Step::Replay),
        1 => Just(Step::Crash),
    ]
}

/// What the file would hold.
#[derive(Default)]
struct Disk {
    floor: i64,
    cursors: BTreeMap<Aggregate, Cursor>,
    dead: BTreeSet<i64>,
}

impl Disk {
    fn apply(&mut self, update: &Update) {
        self.floor = update.floor;
        for aggregate in &update.drained {
            self.cursors.remove(aggregate);
        }
        for cursor in &update.cursors {
            self.cursors.insert(cursor.aggregate.clone(), cursor.clone());
        }
        self.dead.extend(update.dead.iter().map(|dead| dead.position));
        for replayed in &update.replayed {
            self.dead.remove(&replayed.position());
        }
    }

    /// Whether a start from this would pass the event over.
    fn passes_over(&self, aggregate: &Aggregate, position: i64) -> bool {
        match self.cursors.get(aggregate) {
            Some(cursor) => position <= cursor.finished,
            None => position <= self.floor,
        }
    }
}

struct World {
    log: Vec<Logged>,
    disk: Disk,
    lanes: Lanes,
    running: Vec<Handed>,
    /// Neither handled nor dead yet, at any time.
    unfinished: BTreeMap<Aggregate, BTreeSet<i64>>,
    now: Instant,
}

impl World {
    fn new(now: Instant) -> Self {
        Self {
            log: Vec::new(),
            disk: Disk::default(),
            lanes: Lanes::restore(0, &[], |_| now),
            running: Vec::new(),
            unfinished: BTreeMap::new(),
            now,
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Publish { aggregate, count } => (0..count).for_each(|_| self.publish(aggregate)),
            Step::Read { limit } => self.read(usize::from(limit)),
            Step::Reread { lanes, cut } => self.reread(usize::from(lanes), usize::from(cut)),
            Step::Start => self.start(),
            Step::Succeed { which } => self.end(which, |world, handed| {
                world.finish(handed);
                world.lanes.succeeded(handed);
            }),
            Step::Fail { which } => self.end(which, |world, handed| {
                let due = Due { instant: world.now + Duration::from_millis(50), micros: 50 };
                world.lanes.failed(handed, "failed".to_owned(), due);
            }),
            Step::NotYet { which } => self.end(which, |world, handed| {
                let due = Due { instant: world.now + Duration::from_millis(30), micros: 30 };
                if !handed.replay {
                    world.lanes.awaits(handed, world.now);
                }
                world.lanes.postponed(handed, "not yet".to_owned(), due);
            }),
            Step::Unavailable { which } => self.end(which, |world, handed| {
                let due = Due { instant: world.now + Duration::from_millis(30), micros: 30 };
                world.lanes.unavailable(handed, "not available".to_owned(), due);
            }),
            Step::Die { which } => self.end(which, |world, handed| {
                world.finish(handed);
                world.lanes.died(handed, "died".to_owned(), 0);
            }),
            Step::Wake => {
                self.now += Duration::from_millis(20);
                self.lanes.wake(self.now);
            }
            Step::Write { works } => self.write(works),
            Step::Replay => {
                if let Some(position) = self.disk.dead.first() {
                    let logged = self.from(position - 1).next().expect("in the log").clone();
                    self.lanes.admit_replay(logged, 0);
                }
            }
            Step::Crash => {
                let (floor, now) = (self.disk.floor, self.now);
                let cursors: Vec<Cursor> = self.disk.cursors.values().cloned().collect();
                self.lanes = Lanes::restore(floor, &cursors, |_| now);
                self.running.clear();
            }
        }
    }

    fn publish(&mut self, aggregate: u8) {
        let position = i64::try_from(self.log.len()).expect("few") + 1;
        let event = Event {
            id: position.to_string(),
            kind: "k".to_owned(),
            aggregate_type: "t".to_owned(),
            aggregate_id: aggregate.to_string(),
            sequence: 1,
            body: "x".into(),
        };
        self.unfinished.entry(Aggregate::of(&event)).or_default().insert(position);
        self.log.push(Logged { position, published_at: 0, event });
    }

    fn finish(&mut self, handed: &Handed) {
        self.unfinished.get_mut(&handed.aggregate).expect("published").remove(&handed.position);
    }

    /// The log after a position.
    fn from(&self, after: i64) -> impl Iterator<Item = &Logged> {
        self.log[usize::try_from(after).expect("not negative")..].iter()
    }

    fn head(&self) -> i64 {
        i64::try_from(self.log.len()).expect("few")
    }

    fn read(&mut self, limit: usize) {
        let after = self.lanes.read_through();
        let events: Vec<Logged> = self.from(after).take(limit).cloned().collect();
        let through = events.last().map_or(self.head(), |logged| logged.position);
        self.lanes.admit(events, through);
    }

    fn reread(&mut self, lanes: usize, cut: usize) {
        for (aggregate, after, limit) in self.lanes.take_reading(lanes) {
            let read_through = self.lanes.read_through();
            let wanted = |logged: &&Logged| {
                *logged.event.aggregate_id == *aggregate.id && logged.position <= read_through
            };
            let limit = limit.min(cut);
            let events: Vec<Logged> = self.from(after).filter(wanted).take(limit).cloned().collect();
            let full = events.len() == limit;
            let through = events.last().filter(|_| full).map_or(read_through, |logged| logged.position);
            self.lanes.reread(&aggregate, events, through);
        }
    }

    fn start(&mut self) {
        let Some(task) = self.lanes.next() else { return };
        let position = task.logged.position;
        assert!(self.running.iter().all(|other| other.aggregate != task.aggregate), "two at once");
        if task.replay {
            assert!(self.disk.dead.contains(&position), "replayed, but not dead");
        } else {
            assert!(!self.disk.passes_over(&task.aggregate, position), "delivered, but written as finished");
            let first = self.unfinished.get(&task.aggregate).and_then(BTreeSet::first);
            assert!(first.is_none_or(|first| *first >= position), "{position} before {first:?}");
        }
        let (attempt, replay) = (task.attempt, task.replay);
        self.running.push(Handed { aggregate: task.aggregate, position, attempt, replay });
    }

    fn end(&mut self, which: u8, how: impl FnOnce(&mut Self, &Handed)) {
        if !self.running.is_empty() {
            let handed = self.running.swap_remove(usize::from(which) % self.running.len());
            how(self, &handed);
        }
    }

    fn write(&mut self, works: bool) {
        let update = self.lanes.update("c");
        if !works {
            return self.lanes.not_written(update);
        }
        self.disk.apply(&update);
        self.lanes.written(&update);
        for (aggregate, positions) in &self.unfinished {
            let lost = positions.iter().find(|position| self.disk.passes_over(aggregate, **position));
            assert_eq!(lost, None, "is lost");
        }
    }

    /// Lets everything succeed, until there is nothing left to do.
    fn drain(&mut self) {
        for _ in 0..100_000 {
            if self.lanes.floor() == self.head() && self.lanes.len() == 0 && self.running.is_empty() {
                return;
            }
            for step in [
                Step::Wake,
                Step::Read { limit: 100 },
                Step::Reread { lanes: 3, cut: 64 },
                Step::Start,
                Step::Start,
                Step::Succeed { which: 0 },
                Step::Succeed { which: 0 },
                Step::Write { works: true },
            ] {
                self.take(&step);
            }
        }
        panic!("never done: {:?}", self.lanes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn order_is_kept_and_nothing_is_lost(steps in prop::collection::vec(step(), 1..300)) {
        let mut world = World::new(Instant::now());
        for step in &steps {
            world.take(step);
        }
        world.drain();
        prop_assert!(world.unfinished.values().all(BTreeSet::is_empty));
        prop_assert_eq!(world.disk.floor, world.head());
        prop_assert!(world.disk.cursors.is_empty());
        prop_assert_eq!(world.lanes.queued(), (0, 0));
    }
}
