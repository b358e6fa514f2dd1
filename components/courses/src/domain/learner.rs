//! Who may read what lessons say, and when.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;

/// Somebody who learns in a course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Learner {
    /// The version that they are on.
    pub(crate) course_version: i64,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Learner {
    /// Whether their dates allow them to read.
    pub(crate) fn reads_at(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|starts| starts <= now) && self.expires_at.is_none_or(|ends| now < ends)
    }
}

/// Fails unless all that is to be completed before a lesson is there, and doesn't wait for the lesson itself.
pub(crate) fn check_prerequisites(
    lesson_id: Uuid,
    wanted: &[Uuid],
    known: &BTreeMap<Uuid, Vec<Uuid>>,
) -> Result<(), Invalid> {
    let mut valid = Validation::new();
    for (place, id) in wanted.iter().enumerate() {
        let at = format!("/prerequisites/{place}");
        let there = known.contains_key(id) || *id == lesson_id;
        valid.check(&at, there, "UNKNOWN_LESSON", "The course has no such lesson.");
        valid.check(&at, !waits_for(*id, lesson_id, known), "CYCLE", "It waits for this lesson itself.");
    }
    valid.into_result()
}

/// Whether one is, or can be read only after, another one.
fn waits_for(lesson: Uuid, other: Uuid, known: &BTreeMap<Uuid, Vec<Uuid>>) -> bool {
    let (mut seen, mut ahead) = (BTreeSet::new(), vec![lesson]);
    while let Some(next) = ahead.pop() {
        if next == other {
            return true;
        }
        if seen.insert(next) {
            ahead.extend(known.get(&next).into_iter().flatten());
        }
    }
    false
}
