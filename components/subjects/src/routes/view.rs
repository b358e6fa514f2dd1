//! What clients are shown, by the contract's names.

use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::domain::{Status, Subject};
use crate::store::{MetadataRow, Sum};
use lyceum_kit::dialect::Moment;

/// A subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SubjectView {
    id: i64,
    semester_id: i64,
    /// An older system's number of a person, as it was stated.
    user_id: Option<i64>,
    name: String,
    code: Option<String>,
    credits: Option<i64>,
    description: Option<String>,
    /// Numbers of subjects that come before it.
    prerequisites: Vec<i64>,
    status: Status,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
    /// Whose it is; null if that person's data was erased.
    #[schema(value_type = Option<Uuid>)]
    owner_id: Option<UserId>,
}

impl From<Subject> for SubjectView {
    fn from(subject: Subject) -> Self {
        Self {
            id: subject.id,
            semester_id: subject.semester_id,
            user_id: subject.user_id,
            name: subject.name,
            code: subject.code,
            credits: subject.credits,
            description: subject.description,
            prerequisites: subject.prerequisites.0,
            status: subject.status,
            created_at: Moment(subject.created_at),
            updated_at: Moment(subject.updated_at),
            owner_id: subject.owner_id,
        }
    }
}

/// Something that is noted of a subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MetadataView {
    subject_id: i64,
    metadata_key: String,
    /// Any JSON.
    metadata_value: Json,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
}

impl MetadataView {
    pub(super) fn of(subject_id: i64, metadata: MetadataRow) -> Self {
        Self {
            subject_id,
            metadata_key: metadata.metadata_key,
            metadata_value: serde_json::from_str(&metadata.metadata_value).unwrap_or_default(),
            created_at: Moment(metadata.created_at),
            updated_at: Moment(metadata.updated_at),
        }
    }
}

/// A semester's subjects of one status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SumView {
    semester_id: i64,
    status: Status,
    /// How many.
    subjects: i64,
    /// What all of them are worth.
    credits: i64,
}

impl From<Sum> for SumView {
    fn from(sum: Sum) -> Self {
        let Sum { semester_id, status, subjects, credits } = sum;
        Self { semester_id, status, subjects, credits }
    }
}

/// A list in this contract's form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
    /// How many there are; counted to 10,000.
    pub(super) total: u32,
}

impl<T> Items<T> {
    /// All that there are.
    pub(super) fn all(items: Vec<T>) -> Self {
        let total = u32::try_from(items.len()).unwrap_or(u32::MAX);
        Self { items, total }
    }
}

/// What is told where something was deleted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Done {
    success: bool,
    message: String,
}

impl Done {
    /// It was done.
    pub(super) fn saying(message: impl Into<String>) -> Self {
        Self { success: true, message: message.into() }
    }
}
