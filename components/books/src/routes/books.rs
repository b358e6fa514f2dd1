//! Books.

use lyceum_kit::list::ListQuery;
use lyceum_kit::pictures::PictureView;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::{authors, caching};
use crate::covers::COVERS;
use crate::domain::{Book, BookFields, Contributor, Isbn, Language};
use crate::store::{
    self,
    books::{Books, isbn_taken},
};
use crate::{events, leaving};

/// A book.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Book)]
pub(crate) struct BookView {
    id: Uuid,
    /// ISBN-13, digits alone.
    #[schema(value_type = Option<String>)]
    isbn: Option<Isbn>,
    /// The same number in its older form; null if it has none.
    isbn_10: Option<String>,
    title: String,
    subtitle: Option<String>,
    description: Option<String>,
    subjects: Vec<String>,
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    year: Option<i64>,
    publisher: Option<String>,
    contributors: Vec<Contributor>,
    genre_id: Option<Uuid>,
    /// Its copies, but for those that were withdrawn.
    item_count: i64,
    /// Those of them that are on their shelves.
    available_count: i64,
    /// The picture at `/api/v1/books/{id}/cover`; null without one.
    cover: Option<PictureView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Book> for BookView {
    fn from(book: Book) -> Self {
        Self {
            id: book.id,
            isbn: book.isbn,
            isbn_10: book.isbn.and_then(Isbn::ten),
            title: book.title,
            subtitle: book.subtitle,
            description: book.description,
            subjects: book.subjects.0,
            language: book.language,
            year: book.year,
            publisher: book.publisher,
            contributors: book.contributors.0,
            genre_id: book.genre_id,
            item_count: book.item_count,
            available_count: book.available_count,
            cover: book.cover.map(|cover| cover.0.into()),
            created_at: book.created_at,
            updated_at: book.updated_at,
        }
    }
}

impl Resource for Book {
    type View = BookView;
    const PATH: &'static str = "/api/v1/books";
    const MISSING: &'static str = "There is no such book.";
}

/// 422 for a genre that is archived or gone, or of which nothing was heard: a book is never given what nobody knows. That
/// of one that was added a moment ago comes with its event, so the client is told that it may ask again.
pub(crate) fn check_genre(genre_id: Option<Uuid>) -> Result<(), Problem> {
    let Some(id) = genre_id else { return Ok(()) };
    let (code, message) = match store::genres::is_in_use(id)? {
        Some(true) => return Ok(()),
        Some(false) => ("GENRE_NOT_IN_USE", "That genre is archived, or was deleted."),
        None => (
            "GENRE_UNKNOWN",
            "No such genre is known here. One that was added just now is known in a moment.",
        ),
    };
    Err(Problem::invalid(vec![Violation::new(code, message).at("/genre_id")]))
}

/// Adds a book, without copies.
#[utoipa::path(post, path = "/api/v1/books", request_body = BookFields, operation_id = "create_book", responses(
    (status = 201, body = BookView),
    (status = 409, description = "Another book has this ISBN"),
    (status = 422, description = "A field is wrong, the genre isn't known or not in use, or an author isn't known"),
))]
pub(super) async fn create(
    context: Context,
    ValidJson(fields): ValidJson<BookFields>,
) -> Result<Response, Problem> {
    let book = Book::new(fields)?;
    check_genre(book.genre_id)?;
    authors::check(&book.contributors.0, &[])?;
    context
        .begin()
        .execute(book.insert())
        .on_unique("books.isbn", isbn_taken)
        .execute_all(store::books::found(&book))
        .publish(&events::book_added(&book))
        .respond(book.created())
        .commit()
}

/// Lists and searches books by title.
#[utoipa::path(get, path = "/api/v1/books", params(ListQuery<Books>), operation_id = "list_books",
    responses((status = 200, body = Listed<BookView>)))]
pub(super) async fn list(query: ListQuery<Books>) -> Result<Response, Problem> {
    query.answer(BookView::from).map(caching::of_list)
}

/// Shows a book, with how many copies of it there are.
#[utoipa::path(get, path = "/api/v1/books/{id}", params(("id" = Uuid, Path)), operation_id = "show_book", responses(
    (status = 200, body = BookView),
    (status = 404, description = "There is no such book"),
))]
pub(super) async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Book::get(id).map(|book| caching::of_book(id, book.shown()))
}

/// Changes a book: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/books/{id}", operation_id = "change_book",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = BookFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = BookView),
        (status = 404, description = "There is no such book"),
        (status = 409, description = "Another book has this ISBN"),
        (status = 422, description = "A field is wrong, the genre isn't known or not in use, or an author isn't known"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let book = Book::get_for(id, &if_match)?;
    let changed = book.with(patch.apply(&book.fields())?)?;
    if changed.fields() == book.fields() {
        return Ok(book.shown());
    }
    if changed.genre_id != book.genre_id {
        check_genre(changed.genre_id)?;
    }
    authors::check(&changed.contributors.0, &book.contributors.0)?;
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("books.isbn", isbn_taken)
        .execute_all(store::books::found(&changed))
        .publish(&events::book_changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a book that has no items, not even some that were withdrawn, that nobody has borrowed without a copy, and that nobody
/// waits for.
#[utoipa::path(delete, path = "/api/v1/books/{id}", params(("id" = Uuid, Path)), operation_id = "delete_book",
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such book"),
        (status = 409, description = "`BOOK_HAS_ITEMS`: it has items; `BOOK_IN_USE`: somebody has it, or waits for it"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
        (status = 503, description = "Nobody can say at present whether somebody has it: nothing was deleted"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let book = Book::get_for(id, &conditions)?;
    store::items::check_none_of(id)?;
    leaving::settle(&book)?;
    store::items::none_of(context.begin(), id)
        .execute(store::books::delete(&book))
        .on_missing(Problem::precondition_failed)
        .execute_all(store::books::gone(&book))
        .execute_all(COVERS.replace(book.cover.as_ref(), None))
        .publish(&events::book_removed(&book))
        .respond(no_content())
        .commit()
}
