//! What those who took a course say of it.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filled;

/// What somebody says of a course.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewFields {
    /// From 1, the worst, to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub(crate) rating: i64,
    /// Plain text of at most 5,000 characters.
    pub(crate) text: Option<String>,
}

impl ReviewFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        valid.check("/rating", (1..=5).contains(&self.rating), "OUT_OF_RANGE", "Must be from 1 to 5.");
        let text = filled(self.text);
        valid.take("/text", text::optional(text.as_ref(), |text| text::paragraphs(text, 5_000)));
        valid.into_result()?;
        Ok(Self { text, ..self })
    }
}

/// A review, as it is stored and shown. Whose it is isn't shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Review {
    pub(crate) id: Uuid,
    #[serde(skip)]
    pub(crate) course_id: Uuid,
    #[serde(skip)]
    pub(crate) user_id: UserId,
    /// From 1, the worst, to 5.
    pub(crate) rating: i64,
    pub(crate) text: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Review {
    /// A new one.
    pub(crate) fn new(course_id: Uuid, user_id: UserId, fields: ReviewFields) -> Result<Self, Invalid> {
        let ReviewFields { rating, text } = fields.checked()?;
        let (id, now, version) = (ids::new(), clock::now(), 1);
        Ok(Self { id, course_id, user_id, rating, text, version, created_at: now, updated_at: now })
    }

    /// Its next state.
    pub(crate) fn with(&self, fields: ReviewFields) -> Result<Self, Invalid> {
        let ReviewFields { rating, text } = fields.checked()?;
        Ok(Self { rating, text, version: self.version + 1, updated_at: clock::now(), ..*self })
    }
}
