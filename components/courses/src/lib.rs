//! Courses: what instructors write and publish, and everybody finds.
//!
//! A course has one draft: its row, modules and lessons. To publish it copies the draft to the tables of versions, in
//! which nothing is ever changed; what is written afterwards is the next draft. What a lesson says is a document, which
//! is never changed either: another text is another document, and so a version keeps its own without a copy.
//!
//! Start reading at `routes`, then `domain`, then `publishing`.
#![forbid(unsafe_code)]

mod changing;
mod cloning;
mod domain;
mod erasing;
mod events;
mod joining;
mod learning;
mod publishing;
mod routes;
mod store;

use lyceum_event_types::courses::{
    CourseCreated, CourseDeleted, CoursePublished, CourseUpdated, JobContinued, LearningPathChanged,
    LearningPathDeleted,
};
use lyceum_event_types::enrollments::{EnrollmentDeleted, EnrollmentUpdated, UserEnrolled};
use lyceum_event_types::progress::{CompetencyDefined, CompetencyRemoved, LessonCompleted};
use lyceum_event_types::users::organizations::{
    OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberRemoved,
};

lyceum_kit::service! {
    name: "courses",
    routes: routes::routes,
    migrations: [
        "0001-courses",
        "0002-versions",
        "0003-listings",
        "0004-erased" = lyceum_kit::erasure::ERASED,
        "0005-learning-paths",
        "0006-question-banks",
        "0007-learners",
        "0008-organizations",
        "0009-reviews",
        "0010-competencies",
        "0012-organization-words",
        "0013-jobs" = lyceum_kit::job::JOBS,
        "0014-copies",
    ],
    documents: crate::store::contents::collections,
    publishes: [
        CourseCreated, CourseUpdated, CoursePublished, CourseDeleted, LearningPathChanged, LearningPathDeleted,
        JobContinued,
    ],
    on: {
        projection: {
            UserEnrolled => learning::enrolled,
            EnrollmentUpdated => learning::updated,
            EnrollmentDeleted => learning::ended,
            LessonCompleted => learning::completed,
            CompetencyDefined => store::competencies::defined,
            CompetencyRemoved => store::competencies::removed,
            OrganizationMemberAdded => joining::added,
            OrganizationMemberRemoved => joining::removed,
            OrganizationDeleted => joining::deleted,
        },
        reaction: { JobContinued => cloning::go_on },
        periodic: events::JOBS,
        erase: erasing::erase,
    },
}
