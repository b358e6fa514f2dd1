//! Courses, as they are told of.

use lyceum_event_types::courses::{RequiredCompetency, Status, Visibility};
use lyceum_kit::prelude::*;

/// A course.
#[derive(Clone, Debug)]
pub(crate) struct CourseSeen {
    pub(crate) course_id: Uuid,
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) visibility: Visibility,
    pub(crate) organization_id: Option<Uuid>,
    /// In the smallest unit of the currency.
    pub(crate) price: i64,
    pub(crate) currency: Option<String>,
    pub(crate) published_version: Option<i64>,
    pub(crate) prerequisites: AsJson<Vec<Uuid>>,
    pub(crate) required_competencies: AsJson<Vec<RequiredCompetency>>,
    pub(crate) instructor_ids: AsJson<Vec<UserId>>,
    pub(crate) removed: bool,
}

impl CourseSeen {
    /// Whether this person gives it.
    pub(crate) fn is_given_by(&self, user_id: UserId) -> bool {
        self.instructor_ids.0.contains(&user_id)
    }

    /// The version that who begins it now begins with; none if nobody does.
    pub(crate) fn open_version(&self) -> Option<i64> {
        self.published_version.filter(|_| self.status == Status::Published && !self.removed)
    }

    /// What it costs, more than nothing, and in which currency.
    pub(crate) fn cost(&self) -> Option<(i64, &str)> {
        self.currency.as_deref().filter(|_| self.price > 0).map(|currency| (self.price, currency))
    }
}
