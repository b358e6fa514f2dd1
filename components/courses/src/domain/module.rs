//! Modules: the parts of a course.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{PartStatus, check_duration, check_metadata, filled, published};

/// So many modules a course has at most.
pub(crate) const MODULES: i64 = 200;

/// What is said of a module.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModuleFields {
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// Plain text of at most 5,000 characters.
    pub(crate) description: Option<String>,
    /// How long it takes, in seconds, from 0 to 36,000,000.
    #[schema(minimum = 0, maximum = 36_000_000)]
    pub(crate) duration: Option<i64>,
    /// Whether it becomes part of what is published; `published` if not given.
    #[serde(default = "published")]
    pub(crate) status: PartStatus,
    /// Whatever else is to be kept: at most 4 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
}

impl ModuleFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 5_000));
        valid.take("/description", paragraphs);
        valid.take("/duration", check_duration(self.duration));
        valid.take("/metadata", check_metadata(&self.metadata));
        valid.into_result()?;
        Ok(Self { title, description, ..self })
    }
}

/// A module of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) order_index: i64,
    pub(crate) duration: Option<i64>,
    pub(crate) status: PartStatus,
    pub(crate) metadata: AsJson<Map<String, Value>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Module {
    /// A new one at this place of the course.
    pub(crate) fn new(course_id: Uuid, order_index: i64, fields: ModuleFields) -> Result<Self, Invalid> {
        let ModuleFields { title, description, duration, status, metadata } = fields.checked()?;
        let (id, now) = (ids::new(), clock::now());
        Ok(Self {
            id,
            course_id,
            title,
            description,
            order_index,
            duration,
            status,
            metadata: AsJson(metadata),
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Its next state with these fields.
    pub(crate) fn with(&self, fields: ModuleFields) -> Result<Self, Invalid> {
        let ModuleFields { title, description, duration, status, metadata } = fields.checked()?;
        let (version, updated_at, metadata) = (self.version + 1, clock::now(), AsJson(metadata));
        Ok(Self { title, description, duration, status, metadata, version, updated_at, ..self.clone() })
    }
}

/// A module as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModuleView {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// Its place, counted from 0.
    pub(crate) order_index: i64,
    /// Seconds.
    pub(crate) duration: Option<i64>,
    pub(crate) status: PartStatus,
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
}

impl From<Module> for ModuleView {
    fn from(module: Module) -> Self {
        let Module { id, course_id, title, description, order_index, duration, status, metadata, .. } =
            module;
        Self { id, course_id, title, description, order_index, duration, status, metadata: metadata.0 }
    }
}
