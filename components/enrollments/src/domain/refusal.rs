//! What is against an enrolment.

use std::collections::BTreeMap;

use lyceum_event_types::courses::RequiredCompetency;
use lyceum_event_types::enrollments::FailureReason;
use lyceum_kit::prelude::*;

use super::{CourseSeen, Settings};

/// What has to come before, and hasn't.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Missing {
    /// This course is to be completed.
    Course {
        course_id: Uuid,
        /// As far as it is known.
        title: Option<String>,
    },
    /// The person isn't so far in this competency.
    Competency {
        required: RequiredCompetency,
        /// How far they are; 0 if nothing shows it.
        reached: i64,
    },
}

impl Missing {
    /// Those of these competencies in which somebody who is so far isn't far enough.
    pub(crate) fn of_competencies(
        required: &[RequiredCompetency],
        reached: &BTreeMap<Uuid, i64>,
    ) -> impl Iterator<Item = Self> {
        required.iter().filter_map(|required| {
            let reached = reached.get(&required.competency_id).copied().unwrap_or(0);
            (reached < required.level).then(|| Self::Competency { required: required.clone(), reached })
        })
    }
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
