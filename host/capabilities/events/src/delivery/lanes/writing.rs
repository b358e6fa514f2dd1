//! What of the lanes must be written, and what follows once it is.

use super::Lanes;
use crate::delivery::progress::Update;

/// How many finished events the floor may lack because of one that is slow; then that one's lane
/// gets a cursor. A crash repeats at most these.
const FINISHED_ABOVE: usize = 512;
/// How far the floor moves over unwanted events before that is worth writing.
const UNWANTED: i64 = 4096;

impl Lanes {
    /// Whether something waits to be written, and whether a lane waits for it.
    pub(in crate::delivery) fn unwritten(&self) -> (bool, bool) {
        let urgent = !self.dead.is_empty() || !self.replayed.is_empty();
        let any = urgent
            || self.finished_since
            || !self.dirty.is_empty()
            || !self.drained.is_empty()
            || self.floor() - self.written_floor > UNWANTED;
        (any, urgent)
    }

    /// Everything that is to be written now. It must be given back to `written` or `not_written`.
    pub(in crate::delivery) fn update(&mut self, consumer: &str) -> Update {
        while self.finished_above.len() > FINISHED_ABOVE
            && let Some((_, slow)) = self.pending.first_key_value()
        {
            let slow = slow.clone();
            self.mark_behind(&slow);
            self.trim_finished();
        }
        let floor = self.floor();
        self.drop_drained(floor);
        let lanes = &self.by_aggregate;
        self.drained.retain(|aggregate| !lanes.get(aggregate).is_some_and(|lane| lane.behind));
        let cursors = self
            .dirty
            .drain()
            .filter_map(|aggregate| lanes.get(&aggregate).map(|lane| lane.cursor(&aggregate)))
            .collect();
        self.finished_since = false;
        Update {
            consumer: consumer.to_owned(),
            floor,
            clean: false,
            cursors,
            drained: std::mem::take(&mut self.drained),
            dead: std::mem::take(&mut self.dead),
            replayed: std::mem::take(&mut self.replayed),
        }
    }

    /// The update is durable.
    pub(in crate::delivery) fn written(&mut self, update: &Update) {
        self.written_floor = update.floor;
        for replayed in &update.replayed {
            self.replaying.remove(&replayed.position());
        }
        for dead in &update.dead {
            self.settle(&dead.aggregate);
        }
    }

    /// The update failed; all of it is part of the next one.
    pub(in crate::delivery) fn not_written(&mut self, mut update: Update) {
        self.dirty.extend(update.cursors.into_iter().map(|cursor| cursor.aggregate));
        self.drained.append(&mut update.drained);
        update.dead.append(&mut self.dead);
        self.dead = update.dead;
        update.replayed.append(&mut self.replayed);
        self.replayed = update.replayed;
        self.finished_since = true;
    }
}
