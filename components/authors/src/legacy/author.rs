//! An author as the library's clients know them.

use lyceum_kit::dialect::{LibraryProfile, sanitised};
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::PATH;
use crate::domain::Author;

/// An author.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LibraryAuthor {
    #[schema(value_type = i64)]
    author_number: Number,
    name: String,
    /// HTML of formatting and links alone.
    bio: String,
    /// Any text if there is a photo, which is at the address in `_links`; null if there is none.
    photo: Option<String>,
    #[serde(rename = "_links")]
    links: Links,
}

/// A count for the library's clients, and a text of it for those of its successor.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Number {
    Count(i64),
    Text(String),
}

/// Where else something is, with scheme and host.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Links {
    author: String,
    /// Also if there is no photo.
    photo: String,
    books_by_author: String,
}

/// A list of authors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuthorList {
    pub(super) items: Vec<LibraryAuthor>,
}

impl LibraryAuthor {
    /// As seen from outside in this request.
    pub(super) fn of(context: &Context, profile: LibraryProfile, author: &Author) -> Self {
        let links = Links::of(context, author.number);
        Self {
            author_number: match profile {
                LibraryProfile::Reference => Number::Count(author.number),
                LibraryProfile::Successor => Number::Text(author.number.to_string()),
            },
            name: author.name.clone(),
            bio: sanitised(author.biography.as_deref().unwrap_or_default()),
            photo: author.photo.as_ref().map(|AsJson(photo)| photo.object.to_string()),
            links,
        }
    }
}

impl Links {
    /// Of the author with this number.
    pub(super) fn of(context: &Context, number: i64) -> Self {
        let author = context.outside(&format!("{PATH}/{number}")).absolute();
        Self { photo: format!("{author}/photo"), books_by_author: format!("{author}/books"), author }
    }
}
