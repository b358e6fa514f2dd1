//! Lessons: what a module consists of.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::content::{ContentFields, ContentView};
use super::fields::check_ids;
use super::question::Seed;
use super::{PartStatus, check_duration, check_metadata, filled, published};

/// So many lessons a module has at most.
pub(crate) const LESSONS: i64 = 200;
/// So many lessons a course has at most: as many as one event can name.
pub(crate) const LESSONS_OF_COURSE: i64 = 2_000;
const PREREQUISITES: usize = 20;

text_enum! {
    /// What a lesson is.
    pub(crate) enum LessonType {
        /// A text to be read.
        Text = "text",
        /// A film to be seen.
        Video = "video",
        /// Something elsewhere on the web.
        Link = "link",
        /// Questions to be answered.
        Quiz = "quiz",
        /// Work to be handed in.
        Assignment = "assignment",
    }
}

/// What is said of a lesson.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LessonFields {
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// Plain text of at most 5,000 characters.
    pub(crate) description: Option<String>,
    /// How long it takes, in seconds, from 0 to 36,000,000.
    #[schema(minimum = 0, maximum = 36_000_000)]
    pub(crate) duration: Option<i64>,
    /// What it is.
    #[serde(rename = "type")]
    pub(crate) kind: LessonType,
    /// Whether it becomes part of what is published; `published` if not given.
    #[serde(default = "published")]
    pub(crate) status: PartStatus,
    /// Whether everybody who sees the course reads it; if not, those who are enrolled do.
    #[serde(default)]
    pub(crate) preview: bool,
    /// Learners read it from then on.
    pub(crate) available_from: Option<Timestamp>,
    /// Learners read it until then.
    pub(crate) available_until: Option<Timestamp>,
    /// Lessons of the course that a learner completes before they read it: at most 20.
    #[serde(default)]
    pub(crate) prerequisites: Vec<Uuid>,
    /// What there is to learn.
    pub(crate) content: ContentFields,
    /// Whatever else is to be kept: at most 4 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
}

impl LessonFields {
    /// The same in the form that is stored, or all that is wrong with it.
    pub(crate) fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 5_000));
        valid.take("/description", paragraphs);
        valid.take("/duration", check_duration(self.duration));
        valid.take("/metadata", check_metadata(&self.metadata));
        let dates = self.available_from.zip(self.available_until).is_none_or(|(from, until)| from < until);
        valid.check("/available_until", dates, "OUT_OF_RANGE", "Must be after it becomes available.");
        check_ids(&mut valid, "/prerequisites", &self.prerequisites, PREREQUISITES);
        self.content.check(self.kind, &mut valid);
        valid.into_result()?;
        Ok(Self { title, description, ..self })
    }

    /// The same, checked, with its content in the form that is stored.
    pub(crate) fn stored(self, seed: Seed) -> Self {
        Self { content: self.content.stored(seed), ..self }
    }
}

/// A lesson of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) module_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) order_index: i64,
    pub(crate) duration: Option<i64>,
    pub(crate) kind: LessonType,
    pub(crate) status: PartStatus,
    pub(crate) content_id: String,
    pub(crate) metadata: AsJson<Map<String, Value>>,
    pub(crate) preview: bool,
    pub(crate) available_from: Option<Timestamp>,
    pub(crate) available_until: Option<Timestamp>,
    pub(crate) prerequisites: AsJson<Vec<Uuid>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Lesson {
    /// A new one at this place of its module, of fields that were checked.
    pub(crate) fn new(
        (course_id, module_id, id): (Uuid, Uuid, Uuid),
        order_index: i64,
        fields: LessonFields,
        content_id: String,
    ) -> Self {
        let LessonFields { title, description, duration, kind, status, metadata, .. } = fields;
        let LessonFields { preview, available_from, available_until, prerequisites, .. } = fields;
        let now = clock::now();
        Self {
            id,
            course_id,
            module_id,
            title,
            description,
            order_index,
            duration,
            kind,
            status,
            content_id,
            metadata: AsJson(metadata),
            preview,
            available_from,
            available_until,
            prerequisites: AsJson(prerequisites),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its next state, of fields that were checked.
    pub(crate) fn with(&self, fields: LessonFields, content_id: String) -> Self {
        let LessonFields { title, description, duration, kind, status, metadata, .. } = fields;
        let LessonFields { preview, available_from, available_until, prerequisites, .. } = fields;
        let (version, updated_at, metadata) = (self.version + 1, clock::now(), AsJson(metadata));
        Self {
            title,
            description,
            duration,
            kind,
            status,
            content_id,
            metadata,
            preview,
            available_from,
            available_until,
            prerequisites: AsJson(prerequisites),
            version,
            updated_at,
            ..self.clone()
        }
    }
}

/// A lesson as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LessonView {
    pub(crate) id: Uuid,
    pub(crate) module_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// Its place in the module, counted from 0.
    pub(crate) order_index: i64,
    /// Seconds.
    pub(crate) duration: Option<i64>,
    #[serde(rename = "type")]
    pub(crate) kind: LessonType,
    pub(crate) status: PartStatus,
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
    /// Whether everybody who sees the course reads it.
    pub(crate) preview: bool,
    /// Learners read it from then on.
    pub(crate) available_from: Option<Timestamp>,
    /// Learners read it until then.
    pub(crate) available_until: Option<Timestamp>,
    /// Lessons that a learner completes before they read it.
    pub(crate) prerequisites: Vec<Uuid>,
    /// What there is to learn. Only of a lesson that is read by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<ContentView>,
}

impl From<Lesson> for LessonView {
    fn from(lesson: Lesson) -> Self {
        let Lesson { id, module_id, title, description, order_index, duration, .. } = lesson;
        let Lesson { kind, status, metadata: AsJson(metadata), .. } = lesson;
        let Lesson { preview, available_from, available_until, prerequisites, .. } = lesson;
        Self {
            id,
            module_id,
            title,
            description,
            order_index,
            duration,
            kind,
            status,
            metadata,
            preview,
            available_from,
            available_until,
            prerequisites: prerequisites.0,
            content: None,
        }
    }
}

impl LessonView {
    /// Whether its dates allow learners to read it.
    pub(crate) fn is_available_at(&self, now: Timestamp) -> bool {
        self.available_from.is_none_or(|from| from <= now)
            && self.available_until.is_none_or(|until| now < until)
    }
}
