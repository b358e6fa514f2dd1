//! Figures of buckets in memory.

use lyceum_keyvalue::{BucketStatistics, MemoryStore};

use crate::Family;
use crate::Kind::{self, Counter, Gauge};

type Figure = (&'static str, Kind, &'static str, fn(&BucketStatistics) -> u64);

const FIGURES: [Figure; 3] = [
    ("keyvalue_entries", Gauge, "Entries held", |of| of.entries as u64),
    ("keyvalue_evicted_total", Counter, "Live entries that made room for others", |of| of.evicted),
    ("keyvalue_refused_total", Counter, "Entries refused by a full bucket", |of| of.refused),
];

/// What each bucket holds and had no room for.
#[expect(clippy::cast_precision_loss, reason = "no count comes near the 53 bits that are exact")]
pub fn of(store: &MemoryStore) -> Vec<Family> {
    let buckets = store.statistics();
    let family = |(name, kind, help, value): &Figure| {
        buckets.iter().fold(Family::new(name, *kind, help), |family, of| {
            family.with(&[("component", &of.component), ("bucket", &of.name)], value(of) as f64)
        })
    };
    FIGURES.iter().map(family).collect()
}
