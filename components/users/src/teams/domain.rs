//! What is said of a team, and the rules for it.

use lyceum_kit::{
    prelude::*,
    text::{self, Name},
    violation::Invalid,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::organizations::domain::DESCRIPTION_LIMIT;

/// What those who keep a team say of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamFields {
    /// One line of 1 to 100 characters, which no other team of the organization has, in whatever case and with whatever
    /// accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// An http or https address.
    pub(crate) logo_url: Option<String>,
}

/// A team, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Team {
    pub(crate) id: Uuid,
    pub(crate) organization_id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) logo_url: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Team {
    /// A new one.
    pub(crate) fn new(organization_id: Uuid, fields: TeamFields) -> Result<Self, Invalid> {
        let now = clock::now();
        let blank = Self {
            id: ids::new(),
            organization_id,
            name: String::new(),
            name_folded: String::new(),
            description: None,
            logo_url: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        blank.with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: TeamFields) -> Result<Self, Invalid> {
        let TeamFields { name, description, logo_url } = fields;
        let description = description.filter(|text| !text.trim().is_empty());
        let logo_url = logo_url.filter(|text| !text.trim().is_empty());
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&name, Name::LIMIT)).map_or(name, String::from);
        let paragraphs = |text: &str| text::paragraphs(text, DESCRIPTION_LIMIT);
        valid.take("/description", text::optional(description.as_ref(), paragraphs));
        valid.take("/logo_url", text::optional(logo_url.as_ref(), text::web_address));
        valid.into_result()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        Ok(Self { name, name_folded, description, logo_url, version, updated_at, ..*self })
    }

    pub(crate) fn fields(&self) -> TeamFields {
        let Self { name, description, logo_url, .. } = self.clone();
        TeamFields { name, description, logo_url }
    }
}
