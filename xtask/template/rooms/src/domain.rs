//! What one is, and the rules for it.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What people say of one.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomFields {
    /// One line of 1 to 100 characters.
    name: String,
    /// At most 4,096 characters.
    description: Option<String>,
}

/// One room, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Room {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// What it is found, sorted and told from others by.
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Resource for Room {
    type View = Self;
    const PATH: &'static str = "/api/v1/rooms";
    const MISSING: &'static str = "There is nothing with this id.";
}

impl Room {
    /// A new one.
    pub(crate) fn new(fields: RoomFields) -> Result<Self, Invalid> {
        let now = clock::now();
        let (name, name_folded, description) = Default::default();
        let (id, version, created_at, updated_at) = (ids::new(), 0, now, now);
        Self { id, name, name_folded, description, version, created_at, updated_at }.with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: RoomFields) -> Result<Self, Invalid> {
        let RoomFields { name, description } = fields;
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::new(&name)).map_or(name, String::from);
        valid
            .take("/description", text::optional(description.as_ref(), |text| text::paragraphs(text, 4_096)));
        valid.into_result()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        Ok(Self { name, name_folded, description, version, updated_at, ..*self })
    }

    /// What a change begins with.
    pub(crate) fn fields(&self) -> RoomFields {
        RoomFields { name: self.name.clone(), description: self.description.clone() }
    }
}
