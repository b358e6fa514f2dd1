//! Question banks: what quizzes of a course draw their questions from.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filled;
use super::question::Question;
use super::quiz::check_questions;

/// So many banks a course has at most.
pub(crate) const BANKS: i64 = 100;
const QUESTIONS: usize = 500;

/// What an instructor says of a bank.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BankFields {
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// Plain text of at most 5,000 characters.
    pub(crate) description: Option<String>,
    /// At most 500.
    #[serde(default)]
    pub(crate) questions: Vec<Question>,
}

impl BankFields {
    /// The same in the form that is stored, or all that is wrong with it.
    pub(crate) fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 5_000));
        valid.take("/description", paragraphs);
        check_questions("/questions", &self.questions, QUESTIONS, &mut valid);
        valid.into_result()?;
        Ok(Self { title, description, ..self })
    }
}

/// A bank of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) question_count: i64,
    /// The document with its questions, which is never changed.
    pub(crate) content_id: String,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Bank {
    /// A new one, of fields that were checked.
    pub(crate) fn new(course_id: Uuid, id: Uuid, fields: BankFields, content_id: String) -> Self {
        let BankFields { title, description, questions } = fields;
        let now = clock::now();
        let (question_count, version) = (count(&questions), 1);
        Self {
            id,
            course_id,
            title,
            description,
            question_count,
            content_id,
            version,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its next state, of fields that were checked.
    pub(crate) fn with(&self, fields: BankFields, content_id: String) -> Self {
        let BankFields { title, description, questions } = fields;
        let (question_count, version, updated_at) = (count(&questions), self.version + 1, clock::now());
        Self { title, description, question_count, content_id, version, updated_at, ..*self }
    }
}

fn count(questions: &[Question]) -> i64 {
    i64::try_from(questions.len()).unwrap_or(i64::MAX)
}

/// The questions of a bank as they are stored: a document that is never changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct BankContent {
    pub(crate) course_id: Uuid,
    pub(crate) bank_id: Uuid,
    pub(crate) questions: Vec<Question>,
    pub(crate) written_at: Timestamp,
}

/// A bank as it is shown to those who write the course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BankView {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) question_count: i64,
    /// With their answers. Only of a bank that is read by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) questions: Option<Vec<Question>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl From<Bank> for BankView {
    fn from(bank: Bank) -> Self {
        let Bank { id, course_id, title, description, question_count, created_at, updated_at, .. } = bank;
        Self { id, course_id, title, description, question_count, questions: None, created_at, updated_at }
    }
}
