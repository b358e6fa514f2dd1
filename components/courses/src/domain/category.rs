//! Categories of courses.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filled;

/// What an administrator says of a category.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryFields {
    /// One line of 1 to 100 characters, which no other category has, in whatever case and with whatever accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// Whether an administrator sees each version of its courses before it is published; not if not given.
    #[serde(default)]
    pub(crate) review_required: bool,
}

/// A category, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Category {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) review_required: bool,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Category {
    /// A new one.
    pub(crate) fn new(fields: CategoryFields) -> Result<Self, Invalid> {
        let CategoryFields { name, description, review_required } = fields.checked()?;
        let now = clock::now();
        let (id, name_folded, version) = (ids::new(), text::fold(&name), 1);
        Ok(Self {
            id,
            name,
            name_folded,
            description,
            review_required,
            version,
            created_at: now,
            updated_at: now,
        })
    }

    /// Its next state with these fields.
    pub(crate) fn with(&self, fields: CategoryFields) -> Result<Self, Invalid> {
        let CategoryFields { name, description, review_required } = fields.checked()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        Ok(Self { name, name_folded, description, review_required, version, updated_at, ..*self })
    }
}

impl CategoryFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&self.name, 100)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 4_096));
        valid.take("/description", paragraphs);
        valid.into_result()?;
        Ok(Self { name, description, ..self })
    }
}
