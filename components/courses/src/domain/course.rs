//! A course and its draft.

pub(crate) use lyceum_event_types::courses::Status;
use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde_json::{Map, Value};

use super::fields::{CourseFields, Level, RequiredCompetency, Visibility};
use super::slug;

text_enum! {
    /// How far the draft is.
    pub(crate) enum DraftStatus {
        /// It is written.
        Draft = "draft",
        /// It waits for a review.
        Review = "review",
        /// It was reviewed, and waits for its time.
        Approved = "approved",
        /// Nothing was changed since it was published.
        Published = "published",
    }
}

/// A course as it is stored: what holds whatever its version, and its draft.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) short_description: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) price: i64,
    pub(crate) currency: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) level: Option<Level>,
    pub(crate) duration: Option<i64>,
    pub(crate) tags: AsJson<Vec<String>>,
    pub(crate) prerequisites: AsJson<Vec<Uuid>>,
    pub(crate) required_competencies: AsJson<Vec<RequiredCompetency>>,
    pub(crate) learning_objectives: AsJson<Vec<String>>,
    pub(crate) instructor_ids: AsJson<Vec<UserId>>,
    pub(crate) metadata: AsJson<Map<String, Value>>,
    pub(crate) category_id: Option<Uuid>,
    pub(crate) is_template: bool,
    pub(crate) status: Status,
    pub(crate) draft_status: DraftStatus,
    pub(crate) review_comment: Option<String>,
    pub(crate) publish_at: Option<Timestamp>,
    pub(crate) published_version: Option<i64>,
    pub(crate) published_title: Option<String>,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Course {
    /// A new one, given by who creates it if nobody else is named.
    pub(crate) fn new(fields: CourseFields, creator: UserId) -> Result<Self, Invalid> {
        let mut fields = fields.checked()?;
        if fields.instructor_ids.is_empty() {
            fields.instructor_ids.push(creator);
        }
        let (id, now) = (ids::new(), clock::now());
        let slug = fields.slug.clone().unwrap_or_else(|| slug::of(&fields.title, id));
        Ok(Self::of(id, slug, fields, now))
    }

    fn of(id: Uuid, slug: String, fields: CourseFields, now: Timestamp) -> Self {
        Self {
            id,
            slug,
            title: fields.title,
            description: fields.description,
            short_description: fields.short_description,
            image_url: fields.image_url,
            visibility: fields.visibility,
            organization_id: fields.organization_id,
            price: fields.price,
            currency: fields.currency,
            language: fields.language,
            level: fields.level,
            duration: fields.duration,
            tags: AsJson(fields.tags),
            prerequisites: AsJson(fields.prerequisites),
            required_competencies: AsJson(fields.required_competencies),
            learning_objectives: AsJson(fields.learning_objectives),
            instructor_ids: AsJson(fields.instructor_ids),
            metadata: AsJson(fields.metadata),
            category_id: fields.category_id,
            is_template: fields.is_template,
            status: Status::Draft,
            draft_status: DraftStatus::Draft,
            review_comment: None,
            publish_at: None,
            published_version: None,
            published_title: None,
            published_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its next state with these fields. The draft is not what was reviewed any more.
    pub(crate) fn with(&self, fields: CourseFields) -> Result<Self, Invalid> {
        let fields = fields.checked()?;
        let mut valid = Validation::new();
        let itself = fields.prerequisites.contains(&self.id);
        valid.check("/prerequisites", !itself, "CYCLE", "A course is not its own prerequisite.");
        let nobody = fields.instructor_ids.is_empty();
        valid.check("/instructor_ids", !nobody, "REQUIRED", "Somebody gives a course.");
        valid.into_result()?;
        let slug = fields.slug.clone().unwrap_or_else(|| self.slug.clone());
        let next = self.next();
        let draft_status =
            if self.has_other_content(&fields) { DraftStatus::Draft } else { self.draft_status };
        let publish_at = next
            .publish_at
            .filter(|_| draft_status == self.draft_status || self.draft_status != DraftStatus::Approved);
        Ok(Self {
            status: next.status,
            draft_status,
            publish_at,
            review_comment: next.review_comment,
            published_version: next.published_version,
            published_title: next.published_title,
            published_at: next.published_at,
            version: next.version,
            created_at: next.created_at,
            ..Self::of(self.id, slug, fields, next.updated_at)
        })
    }

    /// The same in its next version of the row, written now.
    pub(crate) fn next(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    /// Whether what a version says would be another.
    fn has_other_content(&self, fields: &CourseFields) -> bool {
        let with = Self {
            slug: self.slug.clone(),
            ..Self::of(self.id, String::new(), fields.clone(), self.created_at)
        };
        with.content() != self.content()
    }

    /// What a version says. The rest holds whatever the version.
    fn content(&self) -> impl PartialEq + '_ {
        (
            (&self.title, &self.description, &self.short_description, &self.image_url, &self.language),
            (self.level, self.duration, &self.tags.0, &self.prerequisites.0, &self.learning_objectives.0),
            (&self.required_competencies.0, &self.metadata.0),
        )
    }

    /// What it is called: its latest version, or the draft if nothing was published.
    pub(crate) fn shown_title(&self) -> &str {
        self.published_title.as_deref().unwrap_or(&self.title)
    }

    /// Whether this person is one of its instructors.
    pub(crate) fn is_given_by(&self, user_id: UserId) -> bool {
        self.instructor_ids.0.contains(&user_id)
    }
}
