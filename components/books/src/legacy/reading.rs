//! Books that the library's clients look for.

use lyceum_kit::dialect::SearchPage;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::book::{BookList, LibraryBook};
use super::{answer, find};
use crate::store::authors;
use crate::store::older::{self, Beginnings};

/// So many books are in an answer that has no pages.
const MAX_BOOKS: u32 = 1_000;

/// Shows a book.
#[utoipa::path(get, operation_id = "library_show_book", path = "/legacy/books/{isbn}", params(("isbn" = String, Path)), responses(
    (status = 200, body = LibraryBook),
    (status = 404, description = "There is no such book"),
))]
pub(super) async fn show(context: Context, Path(isbn): Path<String>) -> Result<Response, Problem> {
    answer(&context, &find(&isbn)?)
}

/// What books are listed by: one of these is enough.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Part of the title.
    title: Option<String>,
    /// Part of the genre's name.
    genre: Option<String>,
    /// How the name of an author begins.
    author_name: Option<String>,
}

/// Books of which the title holds a text, or the genre's name one, or an author's name begins so: the first 1,000 by title.
#[utoipa::path(get, operation_id = "library_list_books", path = "/legacy/books", params(Wanted), responses(
    (status = 200, body = BookList),
    (status = 404, description = "There is none"),
))]
pub(super) async fn list(context: Context, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let Wanted { title, genre, author_name } = wanted;
    let (title, genre, author) = (title.as_deref(), genre.as_deref(), author_name.as_deref());
    let books = older::any_of(title, genre, author, MAX_BOOKS)?;
    if books.is_empty() {
        return Err(Problem::not_found("No books found with the provided criteria."));
    }
    Ok(Json(BookList::of(&context, &books)?).into_response())
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct BookSearch {
    page: Option<SearchPage>,
    query: Option<BookQuery>,
}

/// What is searched for; all of it has to hold. Blank is nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BookQuery {
    /// How the title begins.
    title: Option<String>,
    /// How the genre's name begins.
    genre: Option<String>,
    /// How the name of an author begins.
    author_name: Option<String>,
}

/// Books by how title, genre and an author begin, by title, a numbered page at a time.
#[utoipa::path(post, operation_id = "library_search_books", path = "/legacy/books/search", request_body = BookSearch,
    responses((status = 200, body = BookList)))]
pub(super) async fn search(
    context: Context,
    ValidJson(asked): ValidJson<BookSearch>,
) -> Result<Response, Problem> {
    let page = asked.page.unwrap_or_default().page()?;
    let BookQuery { title, genre, author_name } = asked.query.unwrap_or_default();
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let wanted = Beginnings { title: given(title), genre: given(genre), author: given(author_name) };
    let books = older::beginning(&wanted, page)?;
    Ok(Json(BookList::of(&context, &books)?).into_response())
}

/// The books that an author wrote, by title: the first 1,000.
#[utoipa::path(get, operation_id = "library_books_of_author", path = "/legacy/authors/{number}/books", params(("number" = i64, Path)), responses(
    (status = 200, body = BookList),
    (status = 404, description = "There is no such author"),
))]
pub(super) async fn of_author(context: Context, Path(number): Path<i64>) -> Result<Response, Problem> {
    let known = authors::with_numbers(&[number])?;
    let author = known
        .get(&number)
        .ok_or_else(|| Problem::not_found(format!("Cannot find the author with number {number}.")))?;
    let books = older::written_by(author.author_id, MAX_BOOKS)?;
    Ok(Json(BookList::of(&context, &books)?).into_response())
}
