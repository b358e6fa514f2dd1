//! With whom an author wrote books, as the library's clients ask.

use std::collections::BTreeMap;

use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::author::{LibraryAuthor, Links};
use super::find;
use crate::store::books::{WrittenTogether, written_together};

/// So many books are looked at.
const MAX_BOOKS: u32 = 1_000;

/// An author, and those who wrote with them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Coauthors {
    author: LibraryAuthor,
    coauthors: Vec<Coauthor>,
}

/// Somebody who wrote with an author, and what.
#[derive(Debug, Serialize, ToSchema)]
struct Coauthor {
    name: String,
    #[serde(rename = "_links")]
    links: Links,
    books: Vec<ShortBook>,
}

/// A book in few words.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
struct ShortBook {
    title: String,
    isbn: String,
    /// Where it is, with scheme and host; a text where others have an object.
    #[serde(rename = "_links")]
    link: String,
}

/// Those who wrote books together with an author, by their numbers, and these books by title: of the first 1,000.
#[utoipa::path(get, operation_id = "library_coauthors", path = "/legacy/authors/{number}/coauthors", params(("number" = i64, Path)), responses(
    (status = 200, body = Coauthors),
    (status = 404, description = "There is no such author"),
))]
pub(super) async fn get(
    context: Context,
    profile: LibraryProfile,
    Path(number): Path<i64>,
) -> Result<Response, Problem> {
    let author = find(number)?;
    let mut coauthors: BTreeMap<i64, Coauthor> = BTreeMap::new();
    for WrittenTogether { number, name, title, isbn } in written_together(&author, MAX_BOOKS)? {
        let link = context.outside(&format!("/api/books/{isbn}")).absolute();
        let known = coauthors.entry(number).or_insert_with(|| Coauthor {
            name,
            links: Links::of(&context, number),
            books: Vec::new(),
        });
        known.books.push(ShortBook { title, isbn, link });
    }
    let coauthors = coauthors.into_values().map(|mut coauthor| {
        coauthor.books.sort();
        coauthor
    });
    let author = LibraryAuthor::of(&context, profile, &author);
    let answer = Coauthors { author, coauthors: coauthors.collect() };
    Ok(Json(answer).into_response())
}
