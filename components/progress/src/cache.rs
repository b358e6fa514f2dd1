//! What is read most, kept in a bucket for a minute at most, and dropped by whatever changes it.
//!
//! A value is kept with the stamp that its key had before the rows were read, and counts only as long as the key has it still. Whoever
//! changes the rows gives the key another stamp after the commit; so a reader that was slower than a writer keeps nothing that is old.
//! Without the bucket everything is read from the database.

use lyceum_kit::keyvalue::{Bucket, KeyValueError};
use lyceum_kit::prelude::*;

const BUCKET: &str = "progress";

/// The stamps of the person in the course and of the course, and the value.
fn keys(user_id: UserId, course_id: Uuid) -> [String; 3] {
    let person = format!("stamp/{user_id}/{course_id}");
    [person, format!("stamp/{course_id}"), format!("course/{user_id}/{course_id}")]
}

/// What was found, and where what is read instead is kept.
#[derive(Debug)]
pub(crate) struct Look {
    bucket: Option<Bucket>,
    key: String,
    stamp: Vec<u8>,
    found: Option<Vec<u8>>,
}

/// Looks for a person's progress in a course.
pub(crate) fn look(user_id: UserId, course_id: Uuid) -> Look {
    let [person, course, key] = keys(user_id, course_id);
    let looked = Bucket::open(BUCKET).and_then(|bucket| {
        let values = bucket.get_many(&[person, course, key.clone()])?;
        Ok((bucket, values))
    });
    let Some((bucket, values)) = told(looked) else {
        return Look { bucket: None, key, stamp: Vec::new(), found: None };
    };
    let mut values = values.into_iter();
    let mut stamp = || values.next().flatten().unwrap_or_default();
    let stamp = [stamp(), stamp()].join(&b'/');
    let found = values.next().flatten().and_then(|kept| counts(&stamp, &kept));
    Look { bucket: Some(bucket), key, stamp, found }
}

/// The value, if it was kept with this stamp.
fn counts(stamp: &[u8], kept: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = kept.split_first()?;
    let (with, value) = rest.split_at_checked(usize::from(*length))?;
    (with == stamp).then(|| value.to_vec())
}

impl Look {
    /// What was kept.
    pub(crate) fn found(&mut self) -> Option<Vec<u8>> {
        self.found.take()
    }

    /// Keeps what was read.
    pub(crate) fn keep(self, value: &[u8]) {
        let (Some(bucket), Ok(length)) = (self.bucket, u8::try_from(self.stamp.len())) else { return };
        let kept = [&[length], self.stamp.as_slice(), value].concat();
        told(bucket.set(&self.key, &kept));
    }
}

/// What is kept of a person in a course doesn't count any more.
pub(crate) fn forget(user_id: UserId, course_id: Uuid) {
    let [person, ..] = keys(user_id, course_id);
    restamp(&person);
}

/// What is kept of anybody in a course doesn't count any more.
pub(crate) fn forget_course(course_id: Uuid) {
    restamp(&format!("stamp/{course_id}"));
}

fn restamp(stamp: &str) {
    told(Bucket::open(BUCKET).and_then(|bucket| bucket.increment(stamp, 1)));
}

/// A bucket that can't be used is told in the log, and is in nobody's way.
fn told<T>(result: Result<T, KeyValueError>) -> Option<T> {
    result.inspect_err(|error| log::warn(format!("progress is not cached: {error}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_with_its_own_stamp_alone() {
        assert_eq!(counts(b"", &[0, 7]), Some(vec![7]));
        assert_eq!(counts(b"12", &[2, b'1', b'2', 7]), Some(vec![7]));
        assert_eq!(counts(b"13", &[2, b'1', b'2', 7]), None);
        assert_eq!(counts(b"", &[2, b'1', b'2', 7]), None);
        assert_eq!(counts(b"1", &[9, b'1']), None);
        assert_eq!(counts(b"", &[]), None);
    }
}
