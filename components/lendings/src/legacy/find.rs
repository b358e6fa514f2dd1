//! Finding lendings, as the older library's clients ask for them.

use lyceum_kit::dialect::SearchPage;
use lyceum_kit::list::{Between, ListRequest, OffsetPage, Scope};
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::numbers::{Numbered, book, no_book, no_reader, reader};
use super::view::{self, LendingList, LibraryLending};
use super::{days, is_theirs};
use crate::domain::{Day, Lending};
use crate::store::lendings::{BOOK, BY_DUE_ON, DUE, Lendings, LendingsByNumber, READER, RETURNED, STARTED};

/// A search without a query finds what began in so many days.
const RECENT_DAYS: u32 = 10;
/// So many lendings are in an answer that has no pages.
const MAX_LENDINGS: u32 = 1_000;

fn listed(context: &Context, lendings: &[Lending]) -> Result<Response, Problem> {
    Ok(Json(LendingList { items: view::all(context, lendings)? }).into_response())
}

/// Lendings that are late, those that were due first before others. The page is in the body.
#[utoipa::path(get, operation_id = "library_overdue", path = "/legacy/lendings/overdue", request_body = SearchPage, responses(
    (status = 200, body = LendingList),
    (status = 400, description = "There is no body, or no such page"),
    (status = 404, description = "None is late"),
))]
pub(super) async fn overdue(
    context: Context,
    ValidJson(page): ValidJson<SearchPage>,
) -> Result<Response, Problem> {
    let late = Between { from: None, to: Some(Day::today().previous()) };
    let lendings = ListRequest::<Lendings>::from_body()
        .only(RETURNED, false)
        .only(DUE, late)
        .sort(BY_DUE_ON)
        .finish()?
        .offset_page(&Scope::all(), page.page()?)?;
    if lendings.is_empty() {
        return Err(Problem::not_found("No lendings to show."));
    }
    listed(&context, &lendings)
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct LendingSearch {
    page: Option<SearchPage>,
    query: Option<LendingQuery>,
}

/// What is searched for: all of what is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LendingQuery {
    reader_number: Option<String>,
    isbn: Option<String>,
    /// Whether the book is back.
    returned: Option<bool>,
    /// The first day on which it began, such as `2026-01-31`.
    start_date: Option<String>,
    /// The last day on which it began.
    end_date: Option<String>,
}

/// What is given, unless it is blank.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Lendings by number, a numbered page at a time.
#[utoipa::path(post, operation_id = "library_search_lendings", path = "/legacy/lendings/search", request_body = LendingSearch,
    responses((status = 200, body = LendingList), (status = 400, description = "A day or the page is wrong")))]
pub(super) async fn search(
    context: Context,
    ValidJson(LendingSearch { page, query }): ValidJson<LendingSearch>,
) -> Result<Response, Problem> {
    let page = page.unwrap_or_default().page()?;
    let mut request = ListRequest::<LendingsByNumber>::from_body();
    match &query {
        None => {
            let recent = Between { from: Some(Day::today().minus(RECENT_DAYS)), to: None };
            request = request.only(STARTED, recent);
        }
        Some(query) => {
            let began = days(query.start_date.as_deref(), query.end_date.as_deref())?;
            request = request.filter("/query/startDate", STARTED, began).filter(
                "/query/returned",
                RETURNED,
                query.returned,
            );
            if let Some(isbn) = given(query.isbn.as_ref()) {
                let Some(book) = book(isbn)? else { return listed(&context, &[]) };
                request = request.only(BOOK, book.book_id);
            }
            if let Some(number) = given(query.reader_number.as_ref()) {
                let Some(reader) = reader(number)? else { return listed(&context, &[]) };
                request = request.only(READER, reader.reader_id);
            }
        }
    }
    listed(&context, &request.finish()?.offset_page(&Scope::all(), page)?)
}

/// Which of a reader's lendings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfReader {
    /// Those of this book: ten or thirteen digits.
    #[param(required)]
    isbn: Option<String>,
    /// Those that ended, or those that didn't.
    returned: Option<bool>,
}

/// A reader's own lendings of a book, by number: the first 1,000 of them, and no list around them.
#[utoipa::path(get, operation_id = "library_lendings_of_reader", path = "/legacy/readers/{year}/{seq}/lendings",
    params(Numbered, OfReader), responses(
        (status = 200, body = Vec<LibraryLending>),
        (status = 400, description = "No ISBN was given"),
        (status = 403, description = "It is another reader"),
        (status = 404, description = "There is no such reader, or no such lending"),
    ))]
pub(super) async fn of_reader(
    context: Context,
    caller: Caller,
    Path(numbered): Path<Numbered>,
    Query(wanted): Query<OfReader>,
) -> Result<Response, Problem> {
    let isbn = wanted.isbn.ok_or_else(|| {
        Problem::bad_request("PARAMETER_MISSING", "Required parameter 'isbn' is not present.")
    })?;
    let number = numbered.checked()?;
    let reader = reader(&number)?.ok_or_else(|| no_reader(&number))?;
    is_theirs(&caller, Some(reader.user_id))?;
    let book = book(&isbn)?.ok_or_else(|| no_book(&isbn))?;
    let page = OffsetPage::at(0, MAX_LENDINGS).ok_or_else(Problem::internal)?;
    let lendings = ListRequest::<LendingsByNumber>::from_query()
        .only(READER, reader.reader_id)
        .only(BOOK, book.book_id)
        .filter("returned", RETURNED, wanted.returned)
        .finish()?
        .offset_page(&Scope::all(), page)?;
    if lendings.is_empty() {
        return Err(Problem::not_found("No lendings to show."));
    }
    Ok(Json(view::all(&context, &lendings)?).into_response())
}
