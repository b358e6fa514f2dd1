//! Sessions that have ended before their tokens expired.
//!
//! The bucket keeps them for longer than a token lives, and its entries come
//! from auth's events.

use std::cell::RefCell;

use lyceum_kit::{
    keyvalue::{Bucket, KeyValueError},
    prelude::{Timestamp, Uuid},
};

const BUCKET: &str = "revocations";

thread_local! {
    // Opened once an instance, which saves two host calls with every request.
    static OPEN: RefCell<Option<Bucket>> = const { RefCell::new(None) };
}

/// Whether the session is known to have ended.
pub(super) fn has_ended(session: &str) -> Result<bool, KeyValueError> {
    with_bucket(|bucket| bucket.exists(&key(session)))
}

/// Notes that these sessions have ended.
pub(crate) fn note(sessions: &[Uuid], ended_at: Timestamp) -> Result<(), KeyValueError> {
    let ended_at = ended_at.to_string().into_bytes();
    let entries: Vec<_> =
        sessions.iter().map(|session| (key(&session.to_string()), ended_at.clone())).collect();
    with_bucket(|bucket| bucket.set_many(&entries))
}

fn key(session: &str) -> String {
    format!("session/{session}")
}

/// After an error the bucket is opened again, in case the handle was at fault.
fn with_bucket<T>(call: impl Fn(&Bucket) -> Result<T, KeyValueError>) -> Result<T, KeyValueError> {
    OPEN.with_borrow_mut(|open| {
        let bucket = match open.take() {
            Some(bucket) => bucket,
            None => Bucket::open(BUCKET)?,
        };
        let result = call(&bucket)?;
        *open = Some(bucket);
        Ok(result)
    })
}
