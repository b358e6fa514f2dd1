//! What is told to others.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{Status, Subject};

/// A subject as others know it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Told {
    subject_id: i64,
    semester_id: i64,
    owner_id: Option<UserId>,
    name: String,
    code: Option<String>,
    credits: Option<i64>,
    prerequisites: Vec<i64>,
    status: Status,
    version: i64,
    updated_at: Timestamp,
}

impl Told {
    fn of(subject: &Subject) -> Self {
        let subject = subject.clone();
        Self {
            subject_id: subject.id,
            semester_id: subject.semester_id,
            owner_id: subject.owner_id,
            name: subject.name,
            code: subject.code,
            credits: subject.credits,
            prerequisites: subject.prerequisites.0,
            status: subject.status,
            version: subject.version,
            updated_at: subject.updated_at,
        }
    }
}

/// A subject was made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Created(Told);

impl Created {
    pub(crate) fn of(subject: &Subject) -> Self {
        Self(Told::of(subject))
    }
}

impl Event for Created {
    const KIND: &'static str = "lyceum.subjects.Created.v1";
    const AGGREGATE_TYPE: &'static str = "subject";
    fn aggregate_id(&self) -> String {
        self.0.subject_id.to_string()
    }
}

/// A subject was changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Updated(Told);

impl Updated {
    pub(crate) fn of(subject: &Subject) -> Self {
        Self(Told::of(subject))
    }
}

impl Event for Updated {
    const KIND: &'static str = "lyceum.subjects.Updated.v1";
    const AGGREGATE_TYPE: &'static str = "subject";
    fn aggregate_id(&self) -> String {
        self.0.subject_id.to_string()
    }
}

/// A subject is gone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Deleted {
    subject_id: i64,
    deleted_at: Timestamp,
}

impl Deleted {
    pub(crate) fn of(subject: &Subject) -> Self {
        Self { subject_id: subject.id, deleted_at: clock::now() }
    }
}

impl Event for Deleted {
    const KIND: &'static str = "lyceum.subjects.Deleted.v1";
    const AGGREGATE_TYPE: &'static str = "subject";
    fn aggregate_id(&self) -> String {
        self.subject_id.to_string()
    }
}
