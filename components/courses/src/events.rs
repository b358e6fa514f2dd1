//! What courses tells others.

use lyceum_event_types::courses::{
    CourseCreated, CourseDeleted, CoursePublished, CourseUpdated, LearningPathChanged, LearningPathCourse,
    PublishedModule, RequiredCompetency,
};
use lyceum_kit::job;
use lyceum_kit::periodic::{Job, every, hours, minutes};
use lyceum_kit::prelude::*;

use crate::cloning::KINDS;
use crate::domain::course::Course;
use crate::domain::path::LearningPath;
use crate::domain::version::Version;
use crate::publishing;
use crate::store::{contents, numbers};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "scheduled-courses", publishing::publish_due),
    every(minutes(1), "catalogue-numbers", numbers::count_stale),
    every(minutes(1), "jobs", |by| job::run_due(by, KINDS)),
    every(hours(1), "loose-contents", contents::sweep),
];

pub(crate) fn created(course: &Course) -> CourseCreated {
    CourseCreated {
        course_id: course.id,
        title: course.title.clone(),
        instructor_ids: course.instructor_ids.0.clone(),
        created_at: course.created_at,
    }
}

pub(crate) fn updated(course: &Course) -> CourseUpdated {
    CourseUpdated {
        course_id: course.id,
        title: course.shown_title().to_owned(),
        instructor_ids: course.instructor_ids.0.clone(),
        status: course.status,
        visibility: course.visibility,
        organization_id: course.organization_id,
        price: course.price,
        currency: course.currency.clone(),
        published_version: course.published_version,
        updated_at: course.updated_at,
    }
}

pub(crate) fn published(
    course: &Course,
    version: &Version,
    required_competencies: Vec<RequiredCompetency>,
    modules: Vec<PublishedModule>,
) -> CoursePublished {
    CoursePublished {
        course_id: course.id,
        version: version.number,
        title: version.title.clone(),
        instructor_ids: course.instructor_ids.0.clone(),
        visibility: course.visibility,
        organization_id: course.organization_id,
        price: course.price,
        currency: course.currency.clone(),
        prerequisites: version.prerequisites.0.clone(),
        required_competencies,
        modules,
        published_at: version.published_at,
    }
}

pub(crate) fn deleted(course: &Course) -> CourseDeleted {
    CourseDeleted { course_id: course.id, deleted_at: clock::now() }
}

pub(crate) fn path_changed(path: &LearningPath) -> LearningPathChanged {
    let courses = path.courses.0.iter();
    LearningPathChanged {
        learning_path_id: path.id,
        title: path.title.clone(),
        is_open: path.is_open,
        courses: courses
            .map(|course| LearningPathCourse { course_id: course.course_id, required: course.required })
            .collect(),
        changed_at: path.updated_at,
    }
}
