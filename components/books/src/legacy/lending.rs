//! What the library's clients ask of how books are lent, and what they are advised to borrow.

use lyceum_kit::dialect::tenths;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::book::{BookList, LibraryBook};
use super::find;
use crate::domain::Book;
use crate::store::{genres, lendings, older};

/// So many books are at the top.
const TOP: u32 = 5;
/// So many books of each genre are advised.
const OF_EACH_GENRE: u32 = 2;

/// A book and how often it was lent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LentBook {
    book_view: LibraryBook,
    lending_count: i64,
}

/// The books that were lent most often.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LentBooks {
    items: Vec<LentBook>,
}

/// A book and for how many days it is lent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookDuration {
    book: LibraryBook,
    /// With one decimal.
    average_lending_duration: f64,
}

/// The five books that were lent most often in the last 365 days.
#[utoipa::path(get, operation_id = "library_top_books", path = "/legacy/books/top5", responses((status = 200, body = LentBooks)))]
pub(super) async fn top(context: Context) -> Result<Response, Problem> {
    let since = Day::today().minus(365).to_string();
    let (mut books, mut counts) = (Vec::new(), Vec::new());
    for lent in lendings::most_lent(&since, TOP)? {
        let Some(book) = Book::find(lent.book_id)? else { continue };
        books.push(book);
        counts.push(lent.count);
    }
    let views = LibraryBook::of_all(&context, &books)?.into_iter();
    let lent = |(book_view, lending_count)| LentBook { book_view, lending_count };
    let items = views.zip(counts).map(lent).collect();
    Ok(Json(LentBooks { items }).into_response())
}

/// For how many days a book is lent, on average of what came back.
#[utoipa::path(get, operation_id = "library_book_duration", path = "/legacy/books/{isbn}/avgDuration", params(("isbn" = String, Path)),
    responses(
        (status = 200, body = BookDuration),
        (status = 400, description = "It never came back"),
        (status = 404, description = "There is no such book"),
    ))]
pub(super) async fn duration(context: Context, Path(isbn): Path<String>) -> Result<Response, Problem> {
    let book = find(&isbn)?;
    let lendings::Durations { count, days } = lendings::durations(book.id)?;
    let none = || Problem::bad_request("ILLEGAL_ARGUMENT", "The book has no returned lending.");
    let average_lending_duration = tenths(days, count).ok_or_else(none)?;
    let answer = BookDuration { book: LibraryBook::of_one(&context, &book)?, average_lending_duration };
    Ok(Json(answer).into_response())
}

/// What the reader who asks may like: of each genre that they like, the two books that came last.
#[utoipa::path(get, operation_id = "library_suggestions", path = "/legacy/books/suggestions", responses(
    (status = 200, body = BookList),
    (status = 404, description = "Who asks is no reader, or likes no genre"),
))]
pub(super) async fn suggestions(context: Context, caller: Caller) -> Result<Response, Problem> {
    let interests = lendings::interests(caller.user_id)?;
    if interests.is_empty() {
        return Err(Problem::not_found("There is no reader with interests."));
    }
    let mut books = Vec::new();
    for name in interests {
        let Some(genre_id) = genres::in_use_named(&name)? else { continue };
        books.extend(older::newest_of(genre_id, OF_EACH_GENRE)?);
    }
    Ok(Json(BookList::of(&context, &books)?).into_response())
}
