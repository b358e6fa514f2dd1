//! Published versions, and how courses are shown.

use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::course::{Course, DraftStatus, Status};
use super::fields::{Level, RequiredCompetency, Visibility};

/// What a published version says. It never changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) short_description: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) level: Option<Level>,
    pub(crate) duration: Option<i64>,
    pub(crate) tags: AsJson<Vec<String>>,
    pub(crate) prerequisites: AsJson<Vec<Uuid>>,
    pub(crate) required_competencies: AsJson<Vec<RequiredCompetency>>,
    pub(crate) learning_objectives: AsJson<Vec<String>>,
    pub(crate) metadata: AsJson<Map<String, Value>>,
    pub(crate) published_at: Timestamp,
}

impl Version {
    /// The draft as the version of this number.
    pub(crate) fn of(course: &Course, number: i64, published_at: Timestamp) -> Self {
        let course = course.clone();
        Self {
            number,
            title: course.title,
            description: course.description,
            short_description: course.short_description,
            image_url: course.image_url,
            language: course.language,
            level: course.level,
            duration: course.duration,
            tags: course.tags,
            prerequisites: course.prerequisites,
            required_competencies: course.required_competencies,
            learning_objectives: course.learning_objectives,
            metadata: course.metadata,
            published_at,
        }
    }
}

/// A course as it is shown: a published version, or the draft to those who write it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CourseView {
    id: Uuid,
    slug: String,
    title: String,
    description: Option<String>,
    short_description: Option<String>,
    image_url: Option<String>,
    status: Status,
    visibility: Visibility,
    /// The organisation that it belongs to.
    organization_id: Option<Uuid>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    price: i64,
    currency: Option<String>,
    language: Option<String>,
    level: Option<Level>,
    /// Seconds.
    duration: Option<i64>,
    tags: Vec<String>,
    prerequisites: Vec<Uuid>,
    required_competencies: Vec<RequiredCompetency>,
    learning_objectives: Vec<String>,
    #[schema(value_type = Vec<Uuid>)]
    instructor_ids: Vec<UserId>,
    category_id: Option<Uuid>,
    /// Whether everybody who creates courses may copy it.
    is_template: bool,
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// The version that is shown; null for the draft.
    version: Option<i64>,
    /// The latest published version; null before.
    published_version: Option<i64>,
    /// When the version that is shown was published; of the draft, when the latest one was.
    published_at: Option<Timestamp>,
    /// How far the draft is; of a published version not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft_status: Option<DraftStatus>,
    /// What the last review found, if it gave the draft back; of a published version not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_comment: Option<String>,
    /// When the draft will be published, if that is planned; of a published version not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Course> for CourseView {
    /// The draft.
    fn from(course: Course) -> Self {
        Self {
            id: course.id,
            slug: course.slug,
            title: course.title,
            description: course.description,
            short_description: course.short_description,
            image_url: course.image_url,
            status: course.status,
            visibility: course.visibility,
            organization_id: course.organization_id,
            price: course.price,
            currency: course.currency,
            language: course.language,
            level: course.level,
            duration: course.duration,
            tags: course.tags.0,
            prerequisites: course.prerequisites.0,
            required_competencies: course.required_competencies.0,
            learning_objectives: course.learning_objectives.0,
            instructor_ids: course.instructor_ids.0,
            category_id: course.category_id,
            is_template: course.is_template,
            metadata: course.metadata.0,
            version: None,
            published_version: course.published_version,
            published_at: course.published_at,
            draft_status: Some(course.draft_status),
            review_comment: course.review_comment,
            publish_at: course.publish_at,
            created_at: course.created_at,
            updated_at: course.updated_at,
        }
    }
}

impl CourseView {
    /// A published version of it.
    pub(crate) fn of_version(course: Course, version: Version) -> Self {
        Self {
            title: version.title,
            description: version.description,
            short_description: version.short_description,
            image_url: version.image_url,
            language: version.language,
            level: version.level,
            duration: version.duration,
            tags: version.tags.0,
            prerequisites: version.prerequisites.0,
            required_competencies: version.required_competencies.0,
            learning_objectives: version.learning_objectives.0,
            metadata: version.metadata.0,
            version: Some(version.number),
            published_at: Some(version.published_at),
            draft_status: None,
            review_comment: None,
            publish_at: None,
            ..Self::from(course)
        }
    }
}

/// A version in the list of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Counted from 1.
    pub(crate) version: i64,
    pub(crate) title: String,
    pub(crate) published_at: Timestamp,
}
