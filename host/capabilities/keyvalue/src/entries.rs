//! What a bucket in memory holds: bounded, and in the order of expiry.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::WhenFull;

/// Times are since the start of the store's clock.
#[derive(Debug)]
pub(crate) struct Entries {
    bound: usize,
    time_to_live: Option<Duration>,
    when_full: WhenFull,
    evicted: u64,
    refused: u64,
    by_key: HashMap<Arc<str>, Entry>,
    /// Since all live equally long, the order of setting is the order of expiry.
    by_age: BTreeMap<u64, Arc<str>>,
    next_age: u64,
}

#[derive(Debug)]
struct Entry {
    value: Bytes,
    expires: Option<Duration>,
    age: u64,
}

impl Entries {
    /// Holds at most `bound` entries, at least one.
    pub(crate) fn new(bound: u64, time_to_live: Option<Duration>, when_full: WhenFull) -> Self {
        Self {
            bound: usize::try_from(bound).unwrap_or(usize::MAX).max(1),
            time_to_live,
            when_full,
            evicted: 0,
            refused: 0,
            by_key: HashMap::new(),
            by_age: BTreeMap::new(),
            next_age: 0,
        }
    }

    /// The live value.
    pub(crate) fn get(&self, key: &str, now: Duration) -> Option<&Bytes> {
        self.by_key.get(key).filter(|entry| entry.is_live(now)).map(|entry| &entry.value)
    }

    /// Sets a value whose life begins now. In a full bucket the one nearest its end makes room, or else a new one is
    /// refused: then `false`.
    pub(crate) fn set(&mut self, key: &str, value: Bytes, now: Duration) -> bool {
        self.remove_expired(now);
        if self.when_full == WhenFull::Refuse
            && self.by_key.len() >= self.bound
            && !self.by_key.contains_key(key)
        {
            self.refused += 1;
            return false;
        }
        self.remove(key);
        while self.by_key.len() >= self.bound
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_key.remove(&oldest);
            self.evicted += 1;
        }
        let (key, age): (Arc<str>, _) = (key.into(), self.next_age);
        self.next_age += 1;
        let expires = self.time_to_live.map(|life| now.saturating_add(life));
        self.by_age.insert(age, key.clone());
        self.by_key.insert(key, Entry { value, expires, age });
        true
    }

    /// Changes a live value without prolonging its life. `false` if there is none.
    pub(crate) fn replace(&mut self, key: &str, value: Bytes, now: Duration) -> bool {
        match self.by_key.get_mut(key).filter(|entry| entry.is_live(now)) {
            None => false,
            Some(entry) => {
                entry.value = value;
                true
            }
        }
    }

    /// Removes the entry, if there is one.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_age.remove(&entry.age);
        }
    }

    /// Up to `most` live keys from the age `from` on, oldest first, and the age at which the next page begins.
    pub(crate) fn keys(&self, from: u64, most: usize, now: Duration) -> (Vec<String>, Option<u64>) {
        let is_live = |key: &&Arc<str>| self.by_key.get(*key).is_some_and(|entry| entry.is_live(now));
        let mut live = self.by_age.range(from..).filter(|(_, key)| is_live(key));
        let keys = live.by_ref().take(most).map(|(_, key)| key.to_string()).collect();
        (keys, live.next().map(|(age, _)| *age))
    }

    /// How many entries are held, live or not yet removed.
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// How many live values have made room for others so far.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// How many values were refused so far, since there was no room.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    fn remove_expired(&mut self, now: Duration) {
        while let Some((age, key)) = self.by_age.first_key_value()
            && self.by_key.get(key).is_none_or(|entry| !entry.is_live(now))
        {
            let age = *age;
            if let Some(key) = self.by_age.remove(&age) {
                self.by_key.remove(&key);
            }
        }
    }
}

impl Entry {
    fn is_live(&self, now: Duration) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_one_nearest_its_end_makes_room() {
        let mut entries = Entries::new(2, Some(10 * SECOND), WhenFull::Evict);
        entries.set("a", "1".into(), SECOND);
        entries.set("b", "2".into(), 2 * SECOND);
        entries.set("a", "3".into(), 3 * SECOND);
        entries.set("c", "4".into(), 4 * SECOND);
        assert_eq!(entries.keys(0, 9, 4 * SECOND), (vec!["a".to_owned(), "c".to_owned()], None));
        assert_eq!((entries.evicted(), entries.refused()), (1, 0));
    }

    #[test]
    fn a_full_bucket_that_refuses_keeps_live_values_until_they_end() {
        let mut entries = Entries::new(2, Some(10 * SECOND), WhenFull::Refuse);
        assert!(entries.set("a", "1".into(), SECOND) && entries.set("b", "2".into(), 2 * SECOND));
        assert!(!entries.set("c", "3".into(), 3 * SECOND));
        assert!(entries.set("b", "4".into(), 3 * SECOND), "one that is there already needs no room");
        assert_eq!(entries.get("a", 3 * SECOND), Some(&"1".into()));
        assert!(entries.set("c", "3".into(), 11 * SECOND), "a has ended");
        assert_eq!(entries.keys(0, 9, 11 * SECOND), (vec!["b".to_owned(), "c".to_owned()], None));
        assert_eq!((entries.evicted(), entries.refused()), (0, 1));
    }

    #[test]
    fn expired_entries_take_no_room() {
        let mut entries = Entries::new(2, Some(SECOND), WhenFull::Evict);
        entries.set("a", "1".into(), Duration::ZERO);
        entries.set("b", "2".into(), Duration::ZERO);
        entries.set("c", "3".into(), 2 * SECOND);
        assert_eq!(entries.len(), 1);
    }

    proptest! {
        /// Whatever is done, the bound holds, and everything live is what was set last.
        #[test]
        fn the_bound_is_never_passed(
            operations in prop::collection::vec((0..4_u8, 0..12_u8, 0..3_u64), 1..200),
            refuses in any::<bool>(),
        ) {
            let when_full = if refuses { WhenFull::Refuse } else { WhenFull::Evict };
            let mut entries = Entries::new(5, Some(4 * SECOND), when_full);
            let mut last = BTreeMap::new();
            let mut now = Duration::ZERO;
            for (index, (operation, key, wait)) in operations.into_iter().enumerate() {
                now += SECOND * u32::try_from(wait).expect("small");
                let key = format!("k{key}");
                let value = Bytes::from(index.to_string());
                match operation {
                    0 | 1 => {
                        if entries.set(&key, value.clone(), now) {
                            prop_assert_eq!(entries.get(&key, now), Some(&value));
                            last.insert(key, (value, now));
                        } else {
                            prop_assert!(refuses && entries.get(&key, now).is_none());
                        }
                    }
                    2 => {
                        entries.remove(&key);
                        last.remove(&key);
                    }
                    _ => {
                        if entries.replace(&key, value.clone(), now) {
                            last.entry(key).and_modify(|(known, _)| *known = value);
                        }
                    }
                }
                prop_assert!(entries.len() <= 5);
                prop_assert!(!refuses || entries.evicted() == 0);
                prop_assert_eq!(entries.by_key.len(), entries.by_age.len());
                for key in entries.keys(0, 99, now).0 {
                    let (value, since) = &last[&key];
                    prop_assert_eq!(entries.get(&key, now), Some(value));
                    prop_assert!(now < *since + 4 * SECOND);
                }
            }
        }
    }
}
