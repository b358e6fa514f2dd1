//! Answers that cost a call to every service, made once for all who ask at the same time, in whichever instance.
//!
//! They lie in a bucket. In each [`SLOT`] one instance at most makes a new one: the first to count up a number that
//! all share. Meanwhile the others give the last answer, or at the very first wait for it. Without the bucket each
//! makes its own, since health must be known then, too.

use std::time::Duration;

use lyceum_kit::{
    keyvalue::{Bucket, KeyValueError},
    prelude::*,
};

const BUCKET: &str = "shared-answers";
/// How often an answer is made at most.
const SLOT: Duration = Duration::from_secs(2);
/// For how long after its time an answer is given while a new one is made.
const STALE: Duration = Duration::from_secs(10);
/// How long the first answer is waited for; each service has two seconds.
const TIMEOUT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);
/// Bytes of a time.
const TIME: usize = 8;

/// An answer as all share it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Shared {
    pub(crate) body: Bytes,
    /// Until when it is as good as new.
    fresh_until: Timestamp,
}

/// What the instances share, and how one waits.
trait Common {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyValueError>;
    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeyValueError>;
    /// Counts up, and says how far.
    fn count(&self, name: &str) -> Result<u64, KeyValueError>;
    fn pause(&self, time: Duration);
}

/// The answer of this name. `make` makes it, and says for how long it is good.
pub(crate) fn get(
    name: &str,
    make: impl Fn() -> Result<(Bytes, Duration), Problem>,
) -> Result<Shared, Problem> {
    match Bucket::open(BUCKET) {
        Ok(bucket) => get_from(&bucket, name, make),
        Err(error) => alone(&error, make),
    }
}

fn get_from(
    common: &impl Common,
    name: &str,
    make: impl Fn() -> Result<(Bytes, Duration), Problem>,
) -> Result<Shared, Problem> {
    match look(common, name) {
        Ok(Found::Fresh(shared) | Found::Others(Some(shared))) => Ok(shared),
        Ok(Found::Others(None)) => match wait(common, name) {
            Some(shared) => Ok(shared),
            None => made(common, name, make),
        },
        Ok(Found::Nothing) => made(common, name, make),
        Err(error) => alone(&error, make),
    }
}

enum Found {
    Fresh(Shared),
    /// Another instance is making one. This is the last.
    Others(Option<Shared>),
    /// This instance must make one.
    Nothing,
}

fn look(common: &impl Common, name: &str) -> Result<Found, KeyValueError> {
    let now = clock::now();
    let last = common.read(name)?.and_then(|value| Shared::read(&value));
    if let Some(shared) = last.clone().filter(|shared| now < shared.fresh_until) {
        return Ok(Found::Fresh(shared));
    }
    let slot = i64::try_from(SLOT.as_micros()).map_or(0, |slot| now.as_micros() / slot);
    if common.count(&format!("{name}/{slot}"))? == 1 {
        return Ok(Found::Nothing);
    }
    Ok(Found::Others(last.filter(|shared| now < shared.fresh_until.plus(STALE))))
}

/// What another instance makes; `None` if it seems to have died over it.
fn wait(common: &impl Common, name: &str) -> Option<Shared> {
    let end = clock::now().plus(TIMEOUT);
    while clock::now() < end {
        common.pause(PAUSE);
        let shared = common.read(name).ok()?.and_then(|value| Shared::read(&value));
        if let Some(shared) = shared.filter(|shared| clock::now() < shared.fresh_until.plus(STALE)) {
            return Some(shared);
        }
    }
    None
}

fn made(
    common: &impl Common,
    name: &str,
    make: impl Fn() -> Result<(Bytes, Duration), Problem>,
) -> Result<Shared, Problem> {
    let (body, good_for) = make()?;
    let shared = Shared { body, fresh_until: clock::now().plus(good_for) };
    if let Err(error) = common.write(name, &shared.written()) {
        log::warn(format!("the answer {name} can't be shared: {error}"));
    }
    Ok(shared)
}

fn alone(
    error: &KeyValueError,
    make: impl Fn() -> Result<(Bytes, Duration), Problem>,
) -> Result<Shared, Problem> {
    log::warn(format!("answers can't be shared: {error}"));
    let (body, good_for) = make()?;
    Ok(Shared { body, fresh_until: clock::now().plus(good_for) })
}

impl Shared {
    fn written(&self) -> Vec<u8> {
        [&self.fresh_until.as_micros().to_be_bytes(), &self.body[..]].concat()
    }

    fn read(value: &[u8]) -> Option<Self> {
        let (time, body) = value.split_at_checked(TIME)?;
        let fresh_until = Timestamp::from_micros(i64::from_be_bytes(time.try_into().ok()?));
        Some(Self { body: Bytes::copy_from_slice(body), fresh_until })
    }
}

impl Common for Bucket {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        self.get(name)
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeyValueError> {
        self.set(name, value)
    }

    fn count(&self, name: &str) -> Result<u64, KeyValueError> {
        self.increment(name, 1)
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

#[cfg(test)]
mod tests;
