//! The SQL of what completes courses.

use lyceum_kit::prelude::*;
use lyceum_kit::row;

use crate::domain::criteria::{CriteriaFields, Criterion, Which};

/// The row of a course's criteria.
#[derive(Clone, Debug)]
pub(crate) struct CourseCriteria {
    pub(crate) course_id: Uuid,
    pub(crate) combination: Which,
    pub(crate) criteria: AsJson<Vec<Criterion>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
row!(versioned CourseCriteria in "course_criteria" {
    course_id, combination, criteria, version, created_at, updated_at
});

impl CourseCriteria {
    pub(crate) fn fields(self) -> CriteriaFields {
        CriteriaFields { combination: self.combination, criteria: self.criteria.0 }
    }
}
