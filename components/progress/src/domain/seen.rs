//! What others tell: courses, enrolments.

use lyceum_kit::prelude::*;

/// A course as it is now.
#[derive(Clone, Debug)]
pub(crate) struct SeenCourse {
    pub(crate) title: String,
    pub(crate) instructor_ids: AsJson<Vec<UserId>>,
    pub(crate) removed: bool,
}

impl SeenCourse {
    pub(crate) fn is_given_by(&self, user_id: UserId) -> bool {
        self.instructor_ids.0.contains(&user_id)
    }
}

/// Who learns in a course, on which version, from when until when.
#[derive(Clone, Debug)]
pub(crate) struct SeenEnrollment {
    pub(crate) enrollment_id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) course_version: i64,
    /// Since when, if that is known.
    pub(crate) enrolled_at: Option<Timestamp>,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) ended: bool,
}

/// Why nobody learns at a moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Closed {
    Ended,
    NotStarted,
    Expired,
}

impl SeenEnrollment {
    /// Fails unless it was open at this moment.
    pub(crate) fn open_at(&self, at: Timestamp) -> Result<(), Closed> {
        if self.ended {
            return Err(Closed::Ended);
        }
        if self.starts_at.is_some_and(|starts_at| at < starts_at) {
            return Err(Closed::NotStarted);
        }
        if self.expires_at.is_some_and(|expires_at| at >= expires_at) {
            return Err(Closed::Expired);
        }
        Ok(())
    }

    /// Whether it is over at this moment, by its end or by its last day.
    pub(crate) fn is_over_at(&self, at: Timestamp) -> bool {
        matches!(self.open_at(at), Err(Closed::Ended | Closed::Expired))
    }

    /// When something that a device dates so was done: not before the person was enrolled, whatever its clock says.
    pub(crate) fn done_at(&self, told: Timestamp) -> Timestamp {
        self.enrolled_at.map_or(told, |enrolled_at| told.max(enrolled_at))
    }

    /// Which of a person's enrolments in one course counts: one that hasn't ended, or the latest.
    pub(crate) fn that_counts(all: Vec<Self>) -> Option<Self> {
        all.into_iter().max_by_key(|one| (!one.ended, one.enrollment_id))
    }
}

/// What a quiz or an assignment came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemResult {
    pub(crate) item_id: Uuid,
    pub(crate) score: super::percent::Percent,
    pub(crate) passed: bool,
    pub(crate) decided_at: Timestamp,
}
