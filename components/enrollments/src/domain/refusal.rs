//! What is against an enrolment.

use lyceum_event_types::enrollments::FailureReason;
use lyceum_kit::prelude::*;

use super::{CourseSeen, Settings};

/// A course that is to be completed before, and isn't.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Missing {
    pub(crate) course_id: Uuid,
    /// As far as it is known.
    pub(crate) title: Option<String>,
}

/// What is against it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// The course isn't published, or is archived or gone.
    NotOpen,
    /// People don't enrol by themselves.
    NotBySelf,
    /// They do later.
    TooEarly(Timestamp),
    /// They did earlier, or the course has ended.
    TooLate(Timestamp),
    /// The course costs something, and nobody takes payments here.
    NoPayments,
    /// These are to be completed before.
    Prerequisites(Vec<Missing>),
    /// All places are taken.
    Full,
}

impl Refusal {
    /// The word for it in events.
    pub(crate) fn reason(&self) -> FailureReason {
        match self {
            Self::NotOpen | Self::NotBySelf | Self::TooEarly(_) | Self::TooLate(_) => {
                FailureReason::CourseNotOpen
            }
            Self::NoPayments => FailureReason::PaymentFailed,
            Self::Prerequisites(_) => FailureReason::PrerequisitesMissing,
            Self::Full => FailureReason::CourseFull,
        }
    }

    /// What is against it that people enrol by themselves now.
    pub(crate) fn of_time(settings: &Settings, invited: bool, now: Timestamp) -> Option<Self> {
        if !settings.self_enrollment && !invited {
            return Some(Self::NotBySelf);
        }
        let early = settings.opens_at.filter(|opens_at| now < *opens_at).map(Self::TooEarly);
        early.or_else(|| settings.closes_at.filter(|closes_at| *closes_at <= now).map(Self::TooLate))
    }

    /// What is against it that anybody begins this course now.
    pub(crate) fn of_course(course: &CourseSeen, settings: &Settings, now: Timestamp) -> Option<Self> {
        if course.open_version().is_none() {
            return Some(Self::NotOpen);
        }
        settings.ends_at.filter(|ends_at| *ends_at <= now).map(Self::TooLate)
    }
}
