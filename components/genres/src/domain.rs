//! Genres, and the rules for the tree that they make.

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many genres may be above one when it is put into its place.
pub(crate) const MAX_ABOVE: usize = 10;

/// What a librarian decides.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GenreFields {
    /// One line of 1 to 100 characters, which no other genre has, in whatever case and with whatever accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// The genre that this one is a part of; null for one at the top.
    pub(crate) parent_id: Option<Uuid>,
    /// Books keep it, and get it no more. Nothing that isn't archived is below what is.
    #[serde(default)]
    pub(crate) archived: bool,
}

/// A genre, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Genre {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// What it is found, sorted and told from others by.
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) archived: bool,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Genre {
    /// A new genre.
    pub(crate) fn new(fields: GenreFields) -> Result<Self, Invalid> {
        let (created_at, updated_at) = (clock::now(), clock::now());
        let GenreFields { name, description, parent_id, archived } = fields.clone();
        let (id, name_folded, version) = (ids::new(), String::new(), 0);
        Self { id, name, name_folded, description, parent_id, archived, version, created_at, updated_at }
            .with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: GenreFields) -> Result<Self, Invalid> {
        let GenreFields { name, description, parent_id, archived } = fields;
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&name, 100)).map_or(name, String::from);
        let description = description.filter(|text| !text.trim().is_empty());
        valid
            .take("/description", text::optional(description.as_ref(), |text| text::paragraphs(text, 4_096)));
        valid.into_result()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        Ok(Self { name, name_folded, description, parent_id, archived, version, updated_at, ..*self })
    }

    pub(crate) fn fields(&self) -> GenreFields {
        let Self { name, description, parent_id, archived, .. } = self.clone();
        GenreFields { name, description, parent_id, archived }
    }

    /// Whether it may be below these genres, the nearest first.
    pub(crate) fn check_place(&self, above: &[Self]) -> Result<(), Misplaced> {
        match above.first() {
            None if self.parent_id.is_some() => Err(Misplaced::Unknown),
            _ if above.iter().any(|genre| genre.id == self.id) => Err(Misplaced::Cycle),
            _ if above.len() > MAX_ABOVE => Err(Misplaced::TooDeep),
            Some(parent) if parent.archived && !self.archived => Err(Misplaced::Archived),
            _ => Ok(()),
        }
    }
}

/// Why a genre can't be where it is put.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Misplaced {
    Unknown,
    Cycle,
    TooDeep,
    Archived,
}

impl From<Misplaced> for Invalid {
    fn from(misplaced: Misplaced) -> Self {
        let (code, message) = match misplaced {
            Misplaced::Unknown => ("UNKNOWN_GENRE", "There is no such genre."),
            Misplaced::Cycle => ("CYCLE", "It would be below itself."),
            Misplaced::TooDeep => ("TOO_DEEP", "At most 10 genres may be above it."),
            Misplaced::Archived => ("ARCHIVED", "That genre is archived."),
        };
        Self(vec![Violation::new(code, message).at("/parent_id")])
    }
}

#[cfg(test)]
mod tests;
