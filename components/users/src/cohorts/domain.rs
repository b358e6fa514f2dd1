//! What is said of a cohort, and the rules for it.

use lyceum_kit::{
    prelude::*,
    text::{self, Name},
    violation::Invalid,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::organizations::domain::DESCRIPTION_LIMIT;

/// What those who keep a cohort say of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CohortFields {
    /// One line of 1 to 100 characters, which no other cohort of the organization has, in whatever case and with whatever
    /// accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
}

/// A cohort, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Cohort {
    pub(crate) id: Uuid,
    pub(crate) organization_id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Cohort {
    /// A new one.
    pub(crate) fn new(organization_id: Uuid, fields: CohortFields) -> Result<Self, Invalid> {
        let now = clock::now();
        let blank = Self {
            id: ids::new(),
            organization_id,
            name: String::new(),
            name_folded: String::new(),
            description: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        blank.with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: CohortFields) -> Result<Self, Invalid> {
        let CohortFields { name, description } = fields;
        let description = description.filter(|text| !text.trim().is_empty());
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&name, Name::LIMIT)).map_or(name, String::from);
        let paragraphs = |text: &str| text::paragraphs(text, DESCRIPTION_LIMIT);
        valid.take("/description", text::optional(description.as_ref(), paragraphs));
        valid.into_result()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        Ok(Self { name, name_folded, description, version, updated_at, ..*self })
    }

    pub(crate) fn fields(&self) -> CohortFields {
        let Self { name, description, .. } = self.clone();
        CohortFields { name, description }
    }
}
