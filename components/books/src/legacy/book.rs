//! A book as the library's clients know it.

use std::collections::BTreeMap;

use lyceum_kit::dialect::sanitised;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Book, Contributor};
use crate::store::authors::{self, AuthorSeen};
use crate::store::genres;

/// A book.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryBook {
    title: String,
    /// The names of those who wrote it, as they stand on the book.
    authors: Vec<String>,
    /// The name of its genre; null for a book that has none.
    genre: Option<String>,
    /// HTML of formatting and links alone.
    description: Option<String>,
    /// Ten or thirteen digits, as they were given.
    isbn: String,
    #[serde(rename = "_links")]
    links: Links,
}

/// Where else something is, with scheme and host.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    /// Of those authors who have a record.
    authors: Vec<Link>,
    /// Also if there is no photo.
    photo: String,
}

/// Where something is.
#[derive(Debug, Serialize, ToSchema)]
struct Link {
    href: String,
}

/// A list of books.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BookList {
    items: Vec<LibraryBook>,
}

/// What books are shown with: the genres and authors that they name.
struct Named {
    genres: BTreeMap<Uuid, String>,
    authors: BTreeMap<Uuid, AuthorSeen>,
}

impl BookList {
    /// As seen from outside in this request.
    pub(super) fn of(context: &Context, books: &[Book]) -> Result<Self, Problem> {
        Ok(Self { items: LibraryBook::of_all(context, books)? })
    }
}

impl LibraryBook {
    /// Each of these, in their order; what they name is read once for all.
    pub(super) fn of_all(context: &Context, books: &[Book]) -> Result<Vec<Self>, Problem> {
        let named = Named::by(books)?;
        Ok(books.iter().map(|book| Self::of(context, book, &named)).collect())
    }

    /// As seen from outside in this request.
    pub(super) fn of_one(context: &Context, book: &Book) -> Result<Self, Problem> {
        Ok(Self::of(context, book, &Named::by(std::slice::from_ref(book))?))
    }

    fn of(context: &Context, book: &Book, named: &Named) -> Self {
        let isbn = book.isbn_as_given().unwrap_or_default();
        let own = context.outside(&format!("/api/books/{isbn}")).absolute();
        let record = |author: &&Contributor| named.authors.get(&author.author_id?);
        let authors = writers(book).filter_map(|author| record(&author)).map(|author| Link {
            href: context.outside(&format!("/api/authors/{}", author.number)).absolute(),
        });
        Self {
            title: book.title.clone(),
            authors: writers(book).map(|author| author.name.clone()).collect(),
            genre: book.genre_id.and_then(|id| named.genres.get(&id).cloned()),
            description: book.description.as_deref().map(sanitised),
            isbn,
            links: Links { authors: authors.collect(), photo: format!("{own}/photo"), own },
        }
    }
}

impl Named {
    fn by(books: &[Book]) -> Result<Self, Problem> {
        let genre_ids = books.iter().filter_map(|book| book.genre_id).collect();
        let author_ids = books.iter().flat_map(writers).filter_map(|author| author.author_id).collect();
        Ok(Self { genres: genres::names(genre_ids)?, authors: authors::with_ids(author_ids)? })
    }
}

/// Those who wrote it, and not those who did something else for it.
pub(super) fn writers(book: &Book) -> impl Iterator<Item = &Contributor> {
    book.contributors.0.iter().filter(|contributor| contributor.is_author())
}
