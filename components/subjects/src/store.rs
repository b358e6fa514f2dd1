//! The SQL of subjects.

use lyceum_kit::list::{Field, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Sequence, Table};

use crate::domain::{Status, Subject};

row!(versioned Subject in "subjects" {
    id, semester_id, user_id, owner_id, name, name_folded, code, credits, description, prerequisites, status, created_at,
    updated_at, version
});

/// The numbers of subjects.
pub(crate) const NUMBERS: Sequence = Sequence::new("subjects");

/// The one with this number.
pub(crate) fn find(id: i64) -> Result<Option<Subject>, SqlError> {
    query_optional(Subject::select("WHERE id = $1", params![id]))
}

/// Commits only if there is such a subject.
pub(crate) fn exists(id: i64) -> Statement {
    Subject::select("WHERE id = $1", params![id]).expect_rows(1)
}

/// Commits only if this one is as it was read: two changes at once could put each of two before the other.
pub(crate) fn unchanged(subject: &Subject) -> Statement {
    Subject::select("WHERE id = $1 AND version = $2", params![subject.id, subject.version]).expect_rows(1)
}

/// What comes before it is this.
pub(crate) fn precede(subject: &Subject) -> Vec<Statement> {
    let id = subject.id;
    let clear = statement("DELETE FROM subject_prerequisites WHERE subject_id = $1", params![id]);
    let text = "INSERT INTO subject_prerequisites (subject_id, prerequisite_id) VALUES ($1, $2)";
    let add = subject.prerequisites.0.iter().map(|before| statement(text, params![id, *before]));
    std::iter::once(clear).chain(add).collect()
}

/// Commits only if it comes before no other one.
pub(crate) fn precedes_none(id: i64) -> Statement {
    let text = "SELECT subject_id FROM subject_prerequisites WHERE prerequisite_id = $1 LIMIT 1";
    statement(text, params![id]).expect_rows(0)
}

/// It is gone; misses it if somebody else changed it.
pub(crate) fn delete(subject: &Subject) -> Statement {
    statement("DELETE FROM subjects WHERE id = $1 AND version = $2", params![subject.id, subject.version])
        .expect_rows(1)
}

/// Something that is noted of a subject.
#[derive(Clone, Debug)]
pub(crate) struct MetadataRow {
    pub(crate) metadata_key: String,
    /// JSON.
    pub(crate) metadata_value: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
from_row!(MetadataRow { metadata_key, metadata_value, created_at, updated_at });

/// All that is noted of it, by key; of too much, the first 1,000.
pub(crate) fn metadata(id: i64) -> Result<Vec<MetadataRow>, SqlError> {
    let text = "SELECT metadata_key, metadata_value, created_at, updated_at FROM subject_metadata \
                WHERE subject_id = $1 ORDER BY metadata_key LIMIT 1000";
    query_all(statement(text, params![id]))
}

/// This is noted of it by this key from now on.
pub(crate) fn note(id: i64, key: &str, value: &str, now: Timestamp) -> Statement {
    let text = "INSERT INTO subject_metadata (subject_id, metadata_key, metadata_value, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $4) ON CONFLICT (subject_id, metadata_key) \
                DO UPDATE SET metadata_value = excluded.metadata_value, updated_at = excluded.updated_at";
    statement(text, params![id, key, value, now]).expect_rows(1)
}

/// Nothing is noted by this key any more.
pub(crate) fn forget(id: i64, key: &str) -> Statement {
    let text = "DELETE FROM subject_metadata WHERE subject_id = $1 AND metadata_key = $2";
    statement(text, params![id, key]).expect_rows(1)
}

/// A semester's subjects of one status.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    pub(crate) semester_id: i64,
    pub(crate) status: Status,
    pub(crate) subjects: i64,
    pub(crate) credits: i64,
}
from_row!(Sum { semester_id, status, subjects, credits });

/// How many subjects and credits each semester has, by status.
pub(crate) fn sums() -> Result<Vec<Sum>, SqlError> {
    let text = "SELECT semester_id, status, COUNT(*) AS subjects, \
                CAST(COALESCE(SUM(credits), 0) AS BIGINT) AS credits FROM subjects \
                GROUP BY semester_id, status ORDER BY semester_id, status";
    query_all(statement(text, params![]))
}

/// Nothing says any more whose subjects these are. They stay: others teach by them.
pub(crate) fn erase(user_id: UserId) -> [Statement; 1] {
    let text = "UPDATE subjects SET owner_id = NULL, version = version + 1 WHERE owner_id = $1";
    [statement(text, params![user_id])]
}

const BY_NUMBER: Order = Order::integer("id");
const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const SEMESTER: Field<i64> = Field::equal("semester_id");
pub(crate) const STATUS: Field<Status> = Field::equal("status");
pub(crate) const CODE: Field<String> = Field::equal("code");
pub(crate) const OWNER: Field<Uuid> = Field::id("owner_id");

/// All of them.
pub(crate) struct Subjects;

impl Listing for Subjects {
    type Row = Subject;
    const LIST: List = List::of("subjects", Subject::COLUMN_LIST, "id", BY_NUMBER)
        .orders(&[BY_NUMBER, BY_NAME])
        .filters(&[SEMESTER.filter(), OWNER.filter(), CODE.filter(), STATUS.filter()]);
}

#[cfg(test)]
mod tests;
