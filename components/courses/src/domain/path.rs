//! Learning paths: courses that lead from one to the next.

use std::collections::BTreeSet;

use super::course::Status;
use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Visibility;
use super::filled;

const COURSES: usize = 50;

const fn yes() -> bool {
    true
}

const fn draft() -> Status {
    Status::Draft
}

const fn private() -> Visibility {
    Visibility::Private
}

/// A course of a path.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathCourse {
    pub(crate) course_id: Uuid,
    /// Whether the path is complete only with it; it is if nothing is said.
    #[serde(default = "yes")]
    pub(crate) required: bool,
}

/// What is said of a learning path.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathFields {
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// Plain text of at most 5,000 characters.
    pub(crate) description: Option<String>,
    /// An http or https address.
    pub(crate) image_url: Option<String>,
    /// `draft` if not given. Only what is published is found by others.
    #[serde(default = "draft")]
    pub(crate) status: Status,
    /// `private` if not given.
    #[serde(default = "private")]
    pub(crate) visibility: Visibility,
    /// Courses that exist, in their order: at most 50, and none twice. What is published has one.
    #[serde(default)]
    pub(crate) courses: Vec<PathCourse>,
}

impl PathFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 5_000));
        valid.take("/description", paragraphs);
        valid.take("/image_url", text::optional(self.image_url.as_ref(), text::web_address));
        let known = self.visibility != Visibility::Organization;
        valid.check("/visibility", known, "NOT_ALLOWED", "A path is public or private.");
        valid.check("/courses", self.courses.len() <= COURSES, "TOO_MANY", "At most 50.");
        let published = self.status == Status::Published;
        valid.check("/courses", !published || !self.courses.is_empty(), "REQUIRED", "A path has a course.");
        let ids: BTreeSet<Uuid> = self.courses.iter().map(|course| course.course_id).collect();
        valid.check("/courses", ids.len() == self.courses.len(), "REPEATED", "One is there twice.");
        valid.into_result()?;
        Ok(Self { title, description, ..self })
    }
}

/// A learning path, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LearningPath {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    #[serde(skip)]
    pub(crate) title_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) status: Status,
    pub(crate) visibility: Visibility,
    /// Whether everybody finds it.
    #[serde(skip)]
    pub(crate) is_open: bool,
    #[schema(value_type = Vec<PathCourse>)]
    pub(crate) courses: AsJson<Vec<PathCourse>>,
    /// Who keeps it; null once they were erased.
    #[schema(value_type = Option<Uuid>)]
    pub(crate) owner_id: Option<UserId>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl LearningPath {
    /// A new one, kept by who makes it.
    pub(crate) fn new(fields: PathFields, owner: UserId) -> Result<Self, Invalid> {
        let PathFields { title, description, image_url, status, visibility, courses } = fields.checked()?;
        let now = clock::now();
        Ok(Self {
            id: ids::new(),
            title_folded: text::fold(&title),
            title,
            description,
            image_url,
            status,
            visibility,
            is_open: is_open(status, visibility),
            courses: AsJson(courses),
            owner_id: Some(owner),
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Its next state with these fields.
    pub(crate) fn with(&self, fields: PathFields) -> Result<Self, Invalid> {
        let PathFields { title, description, image_url, status, visibility, courses } = fields.checked()?;
        Ok(Self {
            title_folded: text::fold(&title),
            title,
            description,
            image_url,
            status,
            visibility,
            is_open: is_open(status, visibility),
            courses: AsJson(courses),
            version: self.version + 1,
            updated_at: clock::now(),
            ..self.clone()
        })
    }
}

fn is_open(status: Status, visibility: Visibility) -> bool {
    status == Status::Published && visibility == Visibility::Public
}
