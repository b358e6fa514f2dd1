//! The backend that keeps everything in this process's memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;

use crate::entries::Entries;
use crate::limits::check;
use crate::{Bucket, Error};

/// Keys in one page of `list_keys`.
const PAGE: usize = 1000;

/// All buckets of one process. Cheap to clone.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    /// By component and name.
    buckets: Arc<Mutex<Buckets>>,
}

type Buckets = HashMap<(String, String), Arc<MemoryBucket>>;

/// What a bucket's link allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketOptions {
    /// How long a value lives after it was set; `None` means until it makes room for another.
    pub time_to_live: Option<Duration>,
    /// The most entries held. 0 counts as 1.
    pub entries: u64,
    /// What becomes of one more.
    pub when_full: WhenFull,
    /// The most bytes of one value.
    pub value_bytes: usize,
}

/// What happens when a value is set that a full bucket has no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// The value nearest its end makes room.
    #[default]
    Evict,
    /// The call fails with [`Error::Full`]: for what may not be forgotten while it lives.
    Refuse,
}

/// What a bucket has done since it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketStatistics {
    /// Whose it is.
    pub component: String,
    /// Its name.
    pub name: String,
    /// How many entries are held, those expired but not yet removed included.
    pub entries: usize,
    /// How many live values made room for others.
    pub evicted: u64,
    /// How many values were refused since there was no room.
    pub refused: u64,
}

impl Default for BucketOptions {
    fn default() -> Self {
        Self { time_to_live: None, entries: 100_000, when_full: WhenFull::Evict, value_bytes: 1 << 20 }
    }
}

/// Measures lives, so that tests can turn the clock.
pub trait Clock: Send + Sync + 'static {
    /// The time since any fixed moment; never runs backwards.
    fn now(&self) -> Duration;
}

/// The monotonic clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock(Instant);

impl Default for MonotonicClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for MonotonicClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_clock(Arc::new(MonotonicClock::default()))
    }
}

impl MemoryStore {
    /// An empty store on the machine's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store on a clock of its own.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { clock, buckets: Arc::default() }
    }

    /// The bucket `name` of `component`. The first call makes it, with these options; later ones
    /// get the same bucket.
    pub fn bucket(&self, component: &str, name: &str, options: BucketOptions) -> Arc<MemoryBucket> {
        let mut buckets = lock(&self.buckets);
        let bucket = buckets.entry((component.to_owned(), name.to_owned())).or_insert_with(|| {
            Arc::new(MemoryBucket {
                clock: self.clock.clone(),
                options,
                entries: Mutex::new(Entries::new(options.entries, options.time_to_live, options.when_full)),
            })
        });
        bucket.clone()
    }

    /// What each bucket has done so far.
    pub fn statistics(&self) -> Vec<BucketStatistics> {
        let buckets = lock(&self.buckets);
        let statistics = buckets.iter().map(|((component, name), bucket)| {
            let entries = lock(&bucket.entries);
            BucketStatistics {
                component: component.clone(),
                name: name.clone(),
                entries: entries.len(),
                evicted: entries.evicted(),
                refused: entries.refused(),
            }
        });
        statistics.collect()
    }
}

/// One bucket in memory.
pub struct MemoryBucket {
    clock: Arc<dyn Clock>,
    options: BucketOptions,
    entries: Mutex<Entries>,
}

impl MemoryBucket {
    /// How many entries are held, those expired but not yet removed included.
    pub fn entries(&self) -> usize {
        lock(&self.entries).len()
    }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, Error> {
        Ok(lock(&self.entries).get(key, self.clock.now()).cloned())
    }

    async fn set(&self, key: &str, value: Bytes) -> Result<(), Error> {
        check(&self.options, key, &value)?;
        kept(lock(&self.entries).set(key, value, self.clock.now()))
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        lock(&self.entries).remove(key);
        Ok(())
    }

    async fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(lock(&self.entries).get(key, self.clock.now()).is_some())
    }

    async fn list_keys(&self, cursor: Option<u64>) -> Result<(Vec<String>, Option<u64>), Error> {
        Ok(lock(&self.entries).keys(cursor.unwrap_or_default(), PAGE, self.clock.now()))
    }

    async fn increment(&self, key: &str, delta: u64) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut entries = lock(&self.entries);
        let current = match entries.get(key, now) {
            None => 0,
            Some(value) => number(value)?,
        };
        let next =
            current.checked_add(delta).ok_or_else(|| Error::Other("the counter is full".to_owned()))?;
        let value = Bytes::from(next.to_string());
        check(&self.options, key, &value)?;
        if !entries.replace(key, value.clone(), now) {
            kept(entries.set(key, value, now))?;
        }
        Ok(next)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, Error> {
        let now = self.clock.now();
        let entries = lock(&self.entries);
        Ok(keys.iter().map(|key| entries.get(key, now).cloned()).collect())
    }

    async fn set_many(&self, values: Vec<(String, Bytes)>) -> Result<(), Error> {
        values.iter().try_for_each(|(key, value)| check(&self.options, key, value))?;
        let now = self.clock.now();
        let mut entries = lock(&self.entries);
        values.into_iter().try_for_each(|(key, value)| kept(entries.set(&key, value, now)))
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        let mut entries = lock(&self.entries);
        for key in keys {
            entries.remove(key);
        }
        Ok(())
    }
}

fn kept(set: bool) -> Result<(), Error> {
    if set { Ok(()) } else { Err(Error::Full) }
}

fn number(value: &[u8]) -> Result<u64, Error> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::Other("the value is not a number".to_owned()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds these locks can leave them half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
