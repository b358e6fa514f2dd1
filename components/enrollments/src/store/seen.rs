//! What others tell of courses, people, organisations and cohorts.

mod competencies;
mod courses;
mod people;

pub(crate) use competencies::{competencies_of, competency_acquired};
pub(crate) use courses::{
    course, course_created, course_deleted, course_published, course_updated, is_open, is_removed,
};
pub(crate) use people::{
    address_changed, cohort, cohort_created, cohort_deleted, cohort_member_added, cohort_member_removed,
    cohort_members, forget, is_in_organization, is_known, keeps_cohorts, member_added, member_changed,
    member_removed, organization_deleted, person_came, with_address,
};
