//! The kinds of events that courses publishes. Their schemas are in `events`.

use lyceum_kit::prelude::*;
use serde::Serialize;

use crate::domain::course::Status;
use crate::domain::fields::Visibility;

macro_rules! about_course {
    ($type:ty, $kind:literal) => {
        impl Event for $type {
            const KIND: &'static str = $kind;
            const AGGREGATE_TYPE: &'static str = "course";
            fn aggregate_id(&self) -> String {
                self.course_id.to_string()
            }
        }
    };
}

/// An instructor began a course.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CourseCreated {
    /// The course.
    pub(crate) course_id: Uuid,
    /// As it is in the draft.
    pub(crate) title: String,
    /// Who gives it.
    pub(crate) instructor_ids: Vec<UserId>,
    /// When it was begun.
    pub(crate) created_at: Timestamp,
}
about_course!(CourseCreated, "lyceum.courses.CourseCreated.v1");

/// What holds of a course whatever its version was changed, or what its draft is called: the course as it is now.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CourseUpdated {
    /// The course.
    pub(crate) course_id: Uuid,
    /// That of the latest published version, or of the draft if there is none.
    pub(crate) title: String,
    /// Who gives it; nobody once all of them were erased.
    pub(crate) instructor_ids: Vec<UserId>,
    /// How far it is.
    pub(crate) status: Status,
    /// Who finds it once it is published.
    pub(crate) visibility: Visibility,
    /// The organisation that it belongs to.
    pub(crate) organization_id: Option<Uuid>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    pub(crate) price: i64,
    /// The currency's code of three letters (ISO 4217); none if it costs nothing.
    pub(crate) currency: Option<String>,
    /// The latest published version; none before.
    pub(crate) published_version: Option<i64>,
    /// When it was changed.
    pub(crate) updated_at: Timestamp,
}
about_course!(CourseUpdated, "lyceum.courses.CourseUpdated.v1");

/// A version of a course was published. It never changes; who began an earlier one stays there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CoursePublished {
    /// The course.
    pub(crate) course_id: Uuid,
    /// The version, counted from 1.
    pub(crate) version: i64,
    /// As it is in this version.
    pub(crate) title: String,
    /// Who gives it.
    pub(crate) instructor_ids: Vec<UserId>,
    /// Who finds it.
    pub(crate) visibility: Visibility,
    /// The organisation that it belongs to.
    pub(crate) organization_id: Option<Uuid>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    pub(crate) price: i64,
    /// The currency's code of three letters (ISO 4217); none if it costs nothing.
    pub(crate) currency: Option<String>,
    /// The courses that are to be completed before.
    pub(crate) prerequisites: Vec<Uuid>,
    /// All that there is to learn, in its order.
    pub(crate) modules: Vec<PublishedModule>,
    /// When it was published.
    pub(crate) published_at: Timestamp,
}
about_course!(CoursePublished, "lyceum.courses.CoursePublished.v1");

/// A module of a published version. It has the same id in each version.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublishedModule {
    /// The module.
    pub(crate) module_id: Uuid,
    /// Its lessons, in their order.
    pub(crate) lessons: Vec<PublishedLesson>,
}

/// A lesson of a published version. It has the same id in each version.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublishedLesson {
    /// The lesson.
    pub(crate) lesson_id: Uuid,
    /// Such as `text` or `video`; others may come.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// A course is gone with all its versions.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CourseDeleted {
    /// The course.
    pub(crate) course_id: Uuid,
    /// When it was deleted.
    pub(crate) deleted_at: Timestamp,
}
about_course!(CourseDeleted, "lyceum.courses.CourseDeleted.v1");
