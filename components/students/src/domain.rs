//! What is written down about a student, and the rules for it.

mod details;
#[cfg(test)]
mod tests;

use lyceum_event_types::students::{self, EntryAdded, EntryChanged, EntryKind, EntryRemoved, Grade};
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;
use utoipa::ToSchema;

use crate::keys::Keys;

/// The longest comment, in characters.
const TEXT_LIMIT: usize = 10_000;
const LARGEST_MAXIMUM: f64 = 1_000_000.0;
const LARGEST_WEIGHT: f64 = 1_000.0;
/// What clocks may differ by.
const AHEAD: Duration = Duration::from_mins(5);

/// What people say of an entry.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryFields {
    /// Stays as it is.
    pub(crate) kind: EntryKind,
    /// The course that it belongs to.
    pub(crate) course_id: Option<Uuid>,
    /// When what it tells of happened, from 1970 until now; now if not given.
    pub(crate) at: Option<Timestamp>,
    /// What a comment says, and nothing else has: plain text of 1 to 10,000 characters, in which markup means nothing.
    pub(crate) text: Option<String>,
    /// What a grade has, and nothing else.
    pub(crate) grade: Option<Grade>,
    /// Whether the student sees it. A comment is hidden if nothing is said; everything else is always seen.
    pub(crate) visible_to_student: Option<bool>,
    /// Whatever else is to be kept: at most 16 KiB as JSON and 8 levels, the object included; names of 1 to 100 characters
    /// without `.`, not beginning with `$`; integers of 64 bits.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) details: Map<String, Value>,
}

/// An entry as it is stored.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Entry {
    pub(crate) student_id: UserId,
    /// Who wrote it; nobody once they were erased.
    pub(crate) author_id: Option<UserId>,
    pub(crate) kind: EntryKind,
    pub(crate) course_id: Option<Uuid>,
    pub(crate) at: Timestamp,
    pub(crate) text: Option<String>,
    pub(crate) grade: Option<Grade>,
    pub(crate) visible_to_student: bool,
    pub(crate) details: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) keys: Keys,
}

/// An entry as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    id: String,
    /// Whom it is about.
    #[schema(value_type = Uuid)]
    student_id: UserId,
    /// Who wrote it; null once they were erased.
    #[schema(value_type = Option<Uuid>)]
    author_id: Option<UserId>,
    kind: EntryKind,
    course_id: Option<Uuid>,
    at: Timestamp,
    /// Plain text: what looks like markup is to be shown as it is.
    text: Option<String>,
    grade: Option<Grade>,
    visible_to_student: bool,
    #[schema(value_type = Object)]
    details: Map<String, Value>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Entry {
    /// A new one about this student.
    pub(crate) fn new(student_id: UserId, author_id: UserId, fields: EntryFields) -> Result<Self, Invalid> {
        let now = clock::now();
        Self::checked(student_id, Some(author_id), fields, now, now)
    }

    /// The same with these fields.
    pub(crate) fn with(&self, fields: EntryFields) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        valid.check("/kind", fields.kind == self.kind, "IMMUTABLE", "The kind of an entry stays as it is.");
        valid.into_result()?;
        Self::checked(self.student_id, self.author_id, fields, self.created_at, clock::now())
    }

    fn checked(
        student_id: UserId,
        author_id: Option<UserId>,
        fields: EntryFields,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Result<Self, Invalid> {
        let EntryFields { kind, course_id, at, text, grade, visible_to_student, details } = fields;
        let (at, is_comment) = (at.unwrap_or(updated_at), kind == EntryKind::Comment);
        let mut valid = Validation::new();
        let possible = at.as_micros() >= 0 && at <= updated_at.plus(AHEAD);
        valid.check("/at", possible, "OUT_OF_RANGE", "Must be from 1970 until now.");
        valid.take("/text", checked_text(is_comment, text.as_deref()));
        check_grade(&mut valid, kind, grade);
        let may_hide = is_comment || visible_to_student != Some(false);
        valid.check("/visible_to_student", may_hide, "NOT_ALLOWED", "Only comments can be hidden.");
        valid.take("/details", details::check(&details));
        valid.into_result()?;
        Ok(Self {
            student_id,
            author_id,
            kind,
            course_id,
            at,
            text,
            grade,
            visible_to_student: visible_to_student.unwrap_or(!is_comment),
            details,
            created_at,
            updated_at,
            keys: Keys::of(student_id, course_id, kind, at),
        })
    }

    /// What a change begins with.
    pub(crate) fn fields(&self) -> EntryFields {
        EntryFields {
            kind: self.kind,
            course_id: self.course_id,
            at: Some(self.at),
            text: self.text.clone(),
            grade: self.grade,
            visible_to_student: Some(self.visible_to_student),
            details: self.details.clone(),
        }
    }

    pub(crate) fn shown(self, id: String) -> EntryView {
        let Self { student_id, author_id, kind, course_id, at, text, grade, .. } = self;
        let Self { visible_to_student, details, created_at, updated_at, .. } = self;
        EntryView {
            id,
            student_id,
            author_id,
            kind,
            course_id,
            at,
            text,
            grade,
            visible_to_student,
            details,
            created_at,
            updated_at,
        }
    }

    pub(crate) fn added(&self, entry_id: Uuid) -> EntryAdded {
        EntryAdded { entry: self.told(entry_id), added_at: self.created_at }
    }

    pub(crate) fn changed(&self, entry_id: Uuid) -> EntryChanged {
        EntryChanged { entry: self.told(entry_id), changed_at: self.updated_at }
    }

    fn told(&self, entry_id: Uuid) -> students::Entry {
        let Self { student_id, kind, course_id, author_id, visible_to_student, grade, at, .. } = *self;
        students::Entry { entry_id, student_id, kind, course_id, author_id, visible_to_student, grade, at }
    }

    pub(crate) fn removed(&self, entry_id: Uuid) -> EntryRemoved {
        let Self { student_id, kind, course_id, .. } = *self;
        EntryRemoved { entry_id, student_id, kind, course_id, removed_at: clock::now() }
    }
}

fn checked_text(is_comment: bool, text: Option<&str>) -> Result<(), Violation> {
    match text {
        None if is_comment => Err(Violation::new("REQUIRED", "A comment says something.")),
        None => Ok(()),
        Some(_) if !is_comment => Err(Violation::new("NOT_ALLOWED", "Only a comment has a text.")),
        Some(text) if text.trim().is_empty() => Err(Violation::new("REQUIRED", "Must not be empty.")),
        Some(text) if text.chars().any(|sign| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t')) => {
            Err(Violation::new(
                "CONTROL_CHARACTER",
                "Must have no control characters but tabs and line ends.",
            ))
        }
        Some(text) => text::paragraphs(text, TEXT_LIMIT),
    }
}

fn check_grade(valid: &mut Validation, kind: EntryKind, grade: Option<Grade>) {
    let is_grade = kind == EntryKind::Grade;
    let Some(Grade { value, maximum, weight }) = grade else {
        valid.check("/grade", !is_grade, "REQUIRED", "A grade has a value and a maximum.");
        return;
    };
    valid.check("/grade", is_grade, "NOT_ALLOWED", "Only a grade has these.");
    let reachable = maximum > 0.0 && maximum <= LARGEST_MAXIMUM;
    valid.check("/grade/maximum", reachable, "OUT_OF_RANGE", "Must be above 0, at most 1,000,000.");
    valid.check(
        "/grade/value",
        value >= 0.0 && value <= maximum,
        "OUT_OF_RANGE",
        "Must be from 0 to the maximum.",
    );
    let counts = (0.0..=LARGEST_WEIGHT).contains(&weight);
    valid.check("/grade/weight", counts, "OUT_OF_RANGE", "Must be from 0 to 1,000.");
}
