//! An author as clients see them.

use lyceum_kit::pictures::PictureView;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Author;
use crate::domain::identifiers::Identifiers;

/// An author.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorView {
    id: Uuid,
    /// Counts from 1: what clients of the older library name an author by. It never changes.
    number: i64,
    name: String,
    sort_name: String,
    variants: Vec<String>,
    biography: Option<String>,
    birth_year: Option<i16>,
    death_year: Option<i16>,
    identifiers: Identifiers,
    /// What is at `/api/v1/authors/{id}/photo`; null without a photo.
    photo: Option<PictureView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Author> for AuthorView {
    fn from(author: Author) -> Self {
        let identifiers = author.identifiers();
        let Author { id, number, name, sort_name, variants: AsJson(variants), .. } = author;
        let Author { biography, birth_year, death_year, photo, created_at, updated_at, .. } = author;
        let photo = photo.map(|AsJson(photo)| photo.into());
        Self {
            id,
            number,
            name,
            sort_name,
            variants,
            biography,
            birth_year,
            death_year,
            identifiers,
            photo,
            created_at,
            updated_at,
        }
    }
}
