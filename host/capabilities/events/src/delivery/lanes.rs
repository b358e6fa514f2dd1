//! All lanes of one consumer: what is handed out next, and what of it must be written. No I/O.
//!
//! The invariant: every event at or below the floor is finished, or its lane is `behind`, which
//! means that it has a cursor in the file (or in the next update). So the floor moves on however
//! long one aggregate is stuck, and memory holds no more than a window of events.

mod failing;
mod writing;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use tokio::time::Instant;

use super::lane::{CAPACITY, Lane, State, Work};
use super::progress::{Cursor, Dead, Replayed};
use super::record::{Aggregate, Logged};

/// An event to be handled now.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) aggregate: Aggregate,
    pub(super) logged: Logged,
    pub(super) attempt: u32,
    /// A dead letter that is delivered again.
    pub(super) replay: bool,
    /// Whether it was handed out before.
    pub(super) again: bool,
}

/// What remains of a task once its event was handed out.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    pub(super) aggregate: Aggregate,
    pub(super) position: i64,
    pub(super) attempt: u32,
    pub(super) replay: bool,
}

#[derive(Debug)]
pub(crate) struct Lanes {
    by_aggregate: HashMap<Aggregate, Lane>,
    /// How many of them are behind.
    behind: usize,
    ready: VecDeque<Aggregate>,
    reading: VecDeque<Aggregate>,
    timers: BTreeSet<(Instant, Aggregate)>,
    /// Unfinished events of the lanes that are not behind.
    pending: BTreeMap<i64, Aggregate>,
    /// Finished events above the floor, of the lanes that are not behind.
    finished_above: BTreeSet<i64>,
    read_through: i64,
    queued: usize,
    queued_bytes: usize,
    /// From when they were taken until their outcome is written.
    replaying: HashSet<i64>,
    written_floor: i64,
    finished_since: bool,
    dirty: HashSet<Aggregate>,
    /// Aggregates whose next event came before what it needs, and since when.
    awaiting: HashMap<Aggregate, Instant>,
    idle_behind: HashSet<Aggregate>,
    drained: Vec<Aggregate>,
    dead: Vec<Dead>,
    replayed: Vec<Replayed>,
}

impl Lanes {
    /// The lanes as they were left; `due` tells when each cursor's next attempt is.
    pub(super) fn restore(floor: i64, cursors: &[Cursor], due: impl Fn(&Cursor) -> Instant) -> Self {
        let mut lanes = Self {
            by_aggregate: HashMap::new(),
            behind: cursors.len(),
            ready: VecDeque::new(),
            reading: VecDeque::new(),
            timers: BTreeSet::new(),
            pending: BTreeMap::new(),
            finished_above: BTreeSet::new(),
            read_through: floor,
            queued: 0,
            queued_bytes: 0,
            replaying: HashSet::new(),
            written_floor: floor,
            finished_since: false,
            dirty: HashSet::new(),
            awaiting: HashMap::new(),
            idle_behind: HashSet::new(),
            drained: Vec::new(),
            dead: Vec::new(),
            replayed: Vec::new(),
        };
        for cursor in cursors {
            let due = due(cursor);
            lanes.timers.insert((due, cursor.aggregate.clone()));
            lanes.by_aggregate.insert(cursor.aggregate.clone(), Lane::restored(cursor, due));
        }
        lanes
    }

    /// Every wanted event up to here was admitted.
    pub(super) fn read_through(&self) -> i64 {
        self.read_through
    }

    /// Events in memory that no handler has yet, and the size of their bodies.
    pub(super) fn queued(&self) -> (usize, usize) {
        (self.queued, self.queued_bytes)
    }

    /// Lanes that have, or will have, a cursor.
    pub(super) fn blocked(&self) -> usize {
        self.behind
    }

    /// Whether an event waits for a handler.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Lanes in memory.
    pub(super) fn len(&self) -> usize {
        self.by_aggregate.len()
    }

    /// Replays taken whose outcome is not yet written.
    pub(super) fn replaying(&self) -> usize {
        self.replaying.len()
    }

    /// Every event at or below is finished or belongs to a lane that is behind.
    pub(super) fn floor(&self) -> i64 {
        self.pending.first_key_value().map_or(self.read_through, |(first, _)| first - 1)
    }

    /// Takes the next part of the log, in order; every wanted event up to `through` is in it.
    pub(super) fn admit(&mut self, events: Vec<Logged>, through: i64) {
        for logged in events {
            let aggregate = Aggregate::of(&logged.event);
            let lane =
                self.by_aggregate.entry(aggregate.clone()).or_insert_with(|| Lane::new(logged.position - 1));
            if logged.position <= lane.finished || lane.spilled {
                continue;
            }
            if lane.queue.len() >= CAPACITY {
                lane.spilled = true;
                self.mark_behind(&aggregate);
                continue;
            }
            if !lane.behind {
                self.pending.insert(logged.position, aggregate.clone());
            }
            self.enqueue(&aggregate, logged);
            self.offer(&aggregate);
        }
        self.read_through = self.read_through.max(through);
    }

    /// Takes a dead letter that is to be delivered again, unless it was taken already.
    pub(super) fn admit_replay(&mut self, logged: Logged, attempts: u32) {
        if !self.replaying.insert(logged.position) {
            return;
        }
        let aggregate = Aggregate::of(&logged.event);
        // Without a lane all of its events so far are finished.
        let finished = self.read_through;
        let lane = self.by_aggregate.entry(aggregate.clone()).or_insert_with(|| Lane::new(finished));
        lane.replays.push_back((logged, attempts));
        self.offer(&aggregate);
    }

    /// The next event that may be handled now.
    pub(super) fn next(&mut self) -> Option<Task> {
        while let Some(aggregate) = self.ready.pop_front() {
            let Some(lane) = self.by_aggregate.get_mut(&aggregate) else { continue };
            lane.offered = false;
            if let Some((logged, failed)) = lane.replays.pop_front() {
                lane.running = Some(Work::Replay);
                return Some(Task { aggregate, logged, attempt: failed + 1, replay: true, again: true });
            }
            if lane.state == State::Ready
                && let Some(logged) = lane.queue.pop_front()
            {
                lane.running = Some(Work::Next(logged.position));
                self.queued -= 1;
                self.queued_bytes -= logged.event.body.len();
                let (attempt, again) = (lane.attempts + 1, lane.is_failing());
                return Some(Task { aggregate, logged, attempt, replay: false, again });
            }
        }
        None
    }

    /// The handler answered `Ok`.
    pub(super) fn succeeded(&mut self, handed: &Handed) {
        if handed.replay {
            self.replay_ended(handed, Replayed::Handled { position: handed.position });
            return;
        }
        self.awaiting.remove(&handed.aggregate);
        let Some(lane) = self.by_aggregate.get_mut(&handed.aggregate) else { return };
        lane.succeed(handed.position);
        if lane.behind {
            self.dirty.insert(handed.aggregate.clone());
        } else {
            self.pending.remove(&handed.position);
            self.finished_above.insert(handed.position);
            self.trim_finished();
        }
        self.finished_since = true;
        self.settle(&handed.aggregate);
    }

    /// When the next event that backs off is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Lets go of the lanes whose time has come.
    pub(super) fn wake(&mut self, now: Instant) {
        while let Some((due, _)) = self.timers.first()
            && *due <= now
            && let Some((due, aggregate)) = self.timers.pop_first()
        {
            if let Some(lane) = self.by_aggregate.get_mut(&aggregate)
                && lane.state == State::Backoff(due)
            {
                lane.state = State::Reading;
                self.reading.push_back(aggregate);
            }
        }
    }

    /// Up to `most` lanes to be read again: after which position, and how many events.
    pub(super) fn take_reading(&mut self, most: usize) -> Vec<(Aggregate, i64, usize)> {
        let mut wanted = Vec::new();
        while wanted.len() < most
            && let Some(aggregate) = self.reading.pop_front()
        {
            let Some(lane) = self.by_aggregate.get(&aggregate) else { continue };
            // One that failed will likely fail again: no need for its successors yet.
            let limit = if lane.is_failing() { 1 } else { CAPACITY };
            wanted.push((aggregate, lane.finished, limit));
        }
        wanted
    }

    /// The reading failed; it is asked for again.
    pub(super) fn unread(&mut self, aggregate: Aggregate) {
        self.reading.push_back(aggregate);
    }

    /// What was read again; `through` tells up to where it is complete.
    pub(super) fn reread(&mut self, aggregate: &Aggregate, events: Vec<Logged>, through: i64) {
        for logged in events {
            self.enqueue(aggregate, logged);
        }
        let complete = through >= self.read_through;
        if let Some(lane) = self.by_aggregate.get_mut(aggregate) {
            lane.spilled = !complete;
            if lane.queue.is_empty() && !complete {
                // Nothing up to there is the consumer's: it reads on from there, not the same once more.
                lane.finished = lane.finished.max(through);
            }
        }
        self.settle(aggregate);
    }

    /// For the end: gives every lane that has something left a cursor, so that the floor stands
    /// at the end of what was read and nothing finished is repeated.
    pub(super) fn detach_all(&mut self) {
        while let Some((_, aggregate)) = self.pending.first_key_value() {
            let aggregate = aggregate.clone();
            self.mark_behind(&aggregate);
        }
        self.finished_since = true;
    }

    fn replay_ended(&mut self, handed: &Handed, outcome: Replayed) {
        self.replayed.push(outcome);
        if let Some(lane) = self.by_aggregate.get_mut(&handed.aggregate) {
            lane.running = None;
        }
        self.offer(&handed.aggregate);
        self.remove_if_done(&handed.aggregate);
    }

    fn enqueue(&mut self, aggregate: &Aggregate, logged: Logged) {
        let Some(lane) = self.by_aggregate.get_mut(aggregate) else { return };
        self.queued += 1;
        self.queued_bytes += logged.event.body.len();
        lane.queue.push_back(logged);
        if lane.state == State::Idle {
            lane.state = State::Ready;
        }
    }

    fn offer(&mut self, aggregate: &Aggregate) {
        if let Some(lane) = self.by_aggregate.get_mut(aggregate)
            && lane.has_work()
        {
            lane.offered = true;
            self.ready.push_back(aggregate.clone());
        }
    }

    /// Finds what the lane does next.
    fn settle(&mut self, aggregate: &Aggregate) {
        let Some(lane) = self.by_aggregate.get_mut(aggregate) else { return };
        if !lane.queue.is_empty() {
            lane.state = State::Ready;
        } else if lane.spilled {
            lane.state = State::Reading;
            self.reading.push_back(aggregate.clone());
        } else {
            lane.state = State::Idle;
        }
        self.offer(aggregate);
        self.remove_if_done(aggregate);
    }

    fn remove_if_done(&mut self, aggregate: &Aggregate) {
        let Some(lane) = self.by_aggregate.get(aggregate) else { return };
        if !lane.is_drained() {
            return;
        }
        if lane.behind {
            self.idle_behind.insert(aggregate.clone());
        } else {
            self.by_aggregate.remove(aggregate);
        }
    }

    fn mark_behind(&mut self, aggregate: &Aggregate) {
        let Some(lane) = self.by_aggregate.get_mut(aggregate) else { return };
        if !lane.behind {
            lane.behind = true;
            self.behind += 1;
            for position in lane.unfinished() {
                self.pending.remove(&position);
            }
        }
        self.dirty.insert(aggregate.clone());
    }

    /// Cursors are dropped once the floor has passed what they say.
    fn drop_drained(&mut self, floor: i64) {
        let (lanes, behind, dirty) = (&mut self.by_aggregate, &mut self.behind, &mut self.dirty);
        let drained = &mut self.drained;
        self.idle_behind.retain(|aggregate| {
            let Some(lane) = lanes.get(aggregate) else { return false };
            if !lane.is_drained() {
                return false;
            }
            if lane.finished > floor {
                return true;
            }
            lanes.remove(aggregate);
            *behind -= 1;
            dirty.remove(aggregate);
            drained.push(aggregate.clone());
            false
        });
    }

    fn trim_finished(&mut self) {
        let floor = self.floor();
        while self.finished_above.first().is_some_and(|first| *first <= floor) {
            self.finished_above.pop_first();
        }
    }
}
