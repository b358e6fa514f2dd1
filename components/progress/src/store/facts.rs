//! All that is known of a person in a course, as of one moment.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_event_types::courses::PublishedModule;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;

use super::criteria::CourseCriteria;
use super::rows::{self, LessonRow};
use super::{results, seen};
use crate::domain::counts::States;
use crate::domain::course::CourseProgress;
use crate::domain::criteria::CriteriaFields;
use crate::domain::outline::Outline;
use crate::domain::seen::{ItemResult, SeenCourse, SeenEnrollment};

/// What is known.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) enrollment: SeenEnrollment,
    pub(crate) course: Option<SeenCourse>,
    /// None until the version was heard of.
    pub(crate) outline: Option<Outline>,
    pub(crate) states: States,
    /// The versions of the lessons' rows.
    pub(crate) versions: BTreeMap<Uuid, i64>,
    pub(crate) results: Vec<ItemResult>,
    pub(crate) row: CourseProgress,
    pub(crate) criteria: CriteriaFields,
    pub(crate) completed_courses: BTreeSet<Uuid>,
    /// What the person is called.
    pub(crate) holder_name: Option<String>,
}

/// All of it, if the person learns there or did.
pub(crate) fn of(user_id: UserId, course_id: Uuid) -> Result<Option<Facts>, SqlError> {
    let (enrollments, course) = seen::of_person(user_id, course_id)?;
    SeenEnrollment::that_counts(enrollments).map(|enrollment| load(enrollment, course)).transpose()
}

fn load(enrollment: SeenEnrollment, course: Option<SeenCourse>) -> Result<Facts, SqlError> {
    let SeenEnrollment { enrollment_id, user_id, course_id, course_version, .. } = enrollment;
    let modules = "SELECT modules FROM course_versions WHERE course_id = $1 AND version = $2";
    let mut sets = query(vec![
        statement(modules, params![course_id, course_version]),
        rows::lessons(user_id, course_id),
        results::of_course(user_id, course_id),
        CourseProgress::select("WHERE enrollment_id = $1", params![enrollment_id]),
        CourseCriteria::select("WHERE course_id = $1", params![course_id]),
        rows::completed_courses(user_id),
        seen::name(user_id),
    ])?
    .into_iter();
    let mut next = || sets.next().unwrap_or_default();
    let modules: Option<(AsJson<Vec<PublishedModule>>,)> = next().optional()?;
    let lessons: Vec<LessonRow> = next().all()?;
    let results: Vec<ItemResult> = next().all()?;
    let row: Option<CourseProgress> = next().optional()?;
    let criteria: Option<CourseCriteria> = next().optional()?;
    let completed: Vec<(Uuid,)> = next().all()?;
    let name: Option<(String,)> = next().optional()?;
    let versions = lessons.iter().map(|lesson| (lesson.lesson_id, lesson.version)).collect();
    let new = || CourseProgress::new(enrollment_id, user_id, course_id, course_version);
    Ok(Facts {
        outline: modules.map(|(AsJson(modules),)| Outline { modules }),
        states: lessons.into_iter().map(|lesson| (lesson.lesson_id, lesson.state)).collect(),
        versions,
        results,
        row: row.unwrap_or_else(new),
        criteria: criteria.map_or_else(CriteriaFields::default, CourseCriteria::fields),
        completed_courses: completed.into_iter().map(|(id,)| id).collect(),
        holder_name: name.map(|(name,)| name),
        enrollment,
        course,
    })
}
