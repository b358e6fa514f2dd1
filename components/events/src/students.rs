//! What is written down about students. Texts and details are not told: who may see them asks the service.

use lyceum_kit::prelude::{Timestamp, Uuid};
use lyceum_kit::text_enum;
use lyceum_kit::user_id::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event;

text_enum! {
    /// What an entry is.
    pub enum EntryKind {
        /// What somebody says of a student.
        Comment = "comment",
        /// How well a student did.
        Grade = "grade",
        /// What a student did; it is never changed.
        Activity = "activity",
    }
}

/// So much of what could be reached.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// From 0 to the maximum.
    pub value: f64,
    /// More than 0, at most 1,000,000.
    pub maximum: f64,
    /// How much it counts beside others: 0 to 1,000; 1 if not said.
    #[serde(default = "one")]
    pub weight: f64,
}

const fn one() -> f64 {
    1.0
}

/// What is said of an entry, without its text and details.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Entry {
    /// The entry.
    pub entry_id: Uuid,
    /// Whom it is about.
    pub student_id: UserId,
    /// What it is.
    pub kind: EntryKind,
    /// The course that it belongs to.
    pub course_id: Option<Uuid>,
    /// Who wrote it; nobody once they were erased.
    pub author_id: Option<UserId>,
    /// Whether the student sees it.
    pub visible_to_student: bool,
    /// Of a grade alone.
    pub grade: Option<Grade>,
    /// When what it tells of happened.
    pub at: Timestamp,
}

/// Something was written down about a student.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct EntryAdded {
    /// The entry; its fields are the event's own.
    #[serde(flatten)]
    pub entry: Entry,
    /// When it was written down.
    pub added_at: Timestamp,
}
event!(EntryAdded, "lyceum.students.EntryAdded.v1", about "entries" in entry.entry_id);

/// An entry was changed, or its author was erased: the entry as it is now.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct EntryChanged {
    /// The entry; its fields are the event's own.
    #[serde(flatten)]
    pub entry: Entry,
    /// When it was changed.
    pub changed_at: Timestamp,
}
event!(EntryChanged, "lyceum.students.EntryChanged.v1", about "entries" in entry.entry_id);

/// An entry was deleted, or its student was erased.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EntryRemoved {
    /// The entry.
    pub entry_id: Uuid,
    /// Whom it was about.
    pub student_id: UserId,
    /// What it was.
    pub kind: EntryKind,
    /// The course that it belonged to.
    pub course_id: Option<Uuid>,
    /// When it was removed.
    pub removed_at: Timestamp,
}
event!(EntryRemoved, "lyceum.students.EntryRemoved.v1", about "entries" in entry_id);
