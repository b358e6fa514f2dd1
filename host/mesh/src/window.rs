//! Two counts over the last few seconds, kept in a ring of time slots.

use std::time::{Duration, Instant};

/// What happened in a span of time: `hits` are those of interest among `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) total: u64,
    pub(crate) hits: u64,
}

/// A sliding window of `SLOTS` slots.
///
/// The newest slot is still being filled, so the window covers between `SLOTS - 1` and `SLOTS` slots of time.
/// The sums are kept, so that reading costs the same however many slots there are.
#[derive(Debug)]
pub(crate) struct Window<const SLOTS: usize> {
    origin: Instant,
    slot: Duration,
    newest: u128,
    slots: [Counts; SLOTS],
    sum: Counts,
}

impl<const SLOTS: usize> Window<SLOTS> {
    /// An empty window that starts now. `slot` of zero is taken as a millisecond.
    pub(crate) fn new(slot: Duration, now: Instant) -> Self {
        let slot = slot.max(Duration::from_millis(1));
        Self { origin: now, slot, newest: 0, slots: [Counts::default(); SLOTS], sum: Counts::default() }
    }

    /// Adds to the slot of `now`.
    pub(crate) fn add(&mut self, added: Counts, now: Instant) {
        self.slide(now);
        let index = Self::index(self.newest);
        if let Some(slot) = self.slots.get_mut(index) {
            slot.total += added.total;
            slot.hits += added.hits;
            self.sum.total += added.total;
            self.sum.hits += added.hits;
        }
    }

    /// The counts of the window that ends now.
    pub(crate) fn sum(&mut self, now: Instant) -> Counts {
        self.slide(now);
        self.sum
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.slots = [Counts::default(); SLOTS];
        self.sum = Counts::default();
    }

    /// Drops the slots that have left the window. Time that seems to run backwards changes nothing.
    fn slide(&mut self, now: Instant) {
        let current = now.saturating_duration_since(self.origin).as_nanos() / self.slot.as_nanos();
        if current <= self.newest {
            return;
        }
        if current - self.newest >= SLOTS as u128 {
            self.clear();
        } else {
            for number in self.newest + 1..=current {
                if let Some(slot) = self.slots.get_mut(Self::index(number)) {
                    self.sum.total -= slot.total;
                    self.sum.hits -= slot.hits;
                    *slot = Counts::default();
                }
            }
        }
        self.newest = current;
    }

    fn index(number: u128) -> usize {
        usize::try_from(number % SLOTS as u128).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Counts, Window};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_slot_leaves_the_window_as_a_whole() {
        let start = Instant::now();
        let mut window = Window::<10>::new(SECOND, start);
        window.add(Counts { total: 3, hits: 1 }, start);
        window.add(Counts { total: 1, hits: 1 }, start + 5 * SECOND);
        assert_eq!(window.sum(start + 9 * SECOND), Counts { total: 4, hits: 2 });
        assert_eq!(window.sum(start + 10 * SECOND), Counts { total: 1, hits: 1 });
        assert_eq!(window.sum(start + 14 * SECOND), Counts { total: 1, hits: 1 });
        assert_eq!(window.sum(start + 15 * SECOND), Counts::default());
    }

    #[test]
    fn a_long_silence_empties_it() {
        let start = Instant::now();
        let mut window = Window::<10>::new(SECOND, start);
        window.add(Counts { total: 3, hits: 1 }, start);
        assert_eq!(window.sum(start + 1000 * SECOND), Counts::default());
        window.add(Counts { total: 1, hits: 0 }, start + 1000 * SECOND);
        assert_eq!(window.sum(start + 1001 * SECOND), Counts { total: 1, hits: 0 });
    }
}
