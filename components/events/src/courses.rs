//! Courses: what is taught, in versions that never change.

use lyceum_kit::{
    prelude::{Timestamp, UserId, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

text_enum! {
    /// Who finds a course that is published.
    pub enum Visibility {
        /// Everybody.
        Public = "public",
        /// Its instructors alone.
        Private = "private",
        /// The members of its organisation.
        Organization = "organization",
    }
}

text_enum! {
    /// How far a course is.
    pub enum Status {
        /// No version of it was published yet.
        Draft = "draft",
        /// People see its latest published version.
        Published = "published",
        /// It was published, and nobody begins it any more.
        Archived = "archived",
    }
}

/// An instructor began a course.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CourseCreated {
    /// The course.
    pub course_id: Uuid,
    /// As it is in the draft.
    pub title: String,
    /// Who gives it.
    pub instructor_ids: Vec<UserId>,
    /// When it was begun.
    pub created_at: Timestamp,
}
event!(CourseCreated, "lyceum.courses.CourseCreated.v1", about "course" in course_id);

/// What holds of a course whatever its version was changed, or what its draft is called: the course as it is now.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CourseUpdated {
    /// The course.
    pub course_id: Uuid,
    /// That of the latest published version, or of the draft if there is none.
    pub title: String,
    /// Who gives it; nobody once all of them were erased.
    pub instructor_ids: Vec<UserId>,
    /// How far it is.
    pub status: Status,
    /// Who finds it once it is published.
    pub visibility: Visibility,
    /// The organisation that it belongs to.
    pub organization_id: Option<Uuid>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    pub price: i64,
    /// The currency's code of three letters (ISO 4217); none if it costs nothing.
    pub currency: Option<String>,
    /// The latest published version; none before.
    pub published_version: Option<i64>,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(CourseUpdated, "lyceum.courses.CourseUpdated.v1", about "course" in course_id);

/// A version of a course was published. It never changes; who began an earlier one stays there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CoursePublished {
    /// The course.
    pub course_id: Uuid,
    /// The version, counted from 1.
    pub version: i64,
    /// As it is in this version.
    pub title: String,
    /// Who gives it.
    pub instructor_ids: Vec<UserId>,
    /// Who finds it.
    pub visibility: Visibility,
    /// The organisation that it belongs to.
    pub organization_id: Option<Uuid>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    pub price: i64,
    /// The currency's code of three letters (ISO 4217); none if it costs nothing.
    pub currency: Option<String>,
    /// The courses that are to be completed before.
    pub prerequisites: Vec<Uuid>,
    /// What learners have to be able to do before.
    #[serde(default)]
    pub required_competencies: Vec<RequiredCompetency>,
    /// All that there is to learn, in its order.
    pub modules: Vec<PublishedModule>,
    /// When it was published.
    pub published_at: Timestamp,
}
event!(CoursePublished, "lyceum.courses.CoursePublished.v1", about "course" in course_id);

/// What learners have to be able to do before they begin a course.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequiredCompetency {
    /// The competency.
    pub competency_id: Uuid,
    /// What it was called when the version was published.
    pub competency_name: String,
    /// How far at least, from 1 to 100.
    pub level: i64,
}

/// A module of a published version. It has the same id in each version.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PublishedModule {
    /// The module.
    pub module_id: Uuid,
    /// Its lessons, in their order.
    pub lessons: Vec<PublishedLesson>,
}

/// A lesson of a published version. It has the same id in each version.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PublishedLesson {
    /// The lesson.
    pub lesson_id: Uuid,
    /// Such as `text` or `video`; others may come.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is asked, of a lesson of type `quiz`.
    #[serde(default)]
    pub quiz_id: Option<Uuid>,
    /// What is to be done, of a lesson of type `assignment`.
    #[serde(default)]
    pub assignment_id: Option<Uuid>,
}

/// A course is gone with all its versions.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CourseDeleted {
    /// The course.
    pub course_id: Uuid,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(CourseDeleted, "lyceum.courses.CourseDeleted.v1", about "course" in course_id);

/// A learning path as it is now: it was made or changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LearningPathChanged {
    /// The path.
    pub learning_path_id: Uuid,
    /// What it is called.
    pub title: String,
    /// Whether everybody finds it.
    pub is_open: bool,
    /// Its courses, in their order.
    pub courses: Vec<LearningPathCourse>,
    /// When it was made or changed.
    pub changed_at: Timestamp,
}
event!(LearningPathChanged, "lyceum.courses.LearningPathChanged.v1", about "learning-path" in learning_path_id);

/// A course of a learning path.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LearningPathCourse {
    /// The course.
    pub course_id: Uuid,
    /// Whether the path is complete only with it.
    pub required: bool,
}

/// A learning path is gone. Its courses stay.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LearningPathDeleted {
    /// The path.
    pub learning_path_id: Uuid,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(LearningPathDeleted, "lyceum.courses.LearningPathDeleted.v1", about "learning-path" in learning_path_id);

/// A job has rows left.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.courses.JobContinued.v1", about "job" in job_id);
