//! Who borrows most, as the library's clients ask.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::{LibraryReader, ReaderList};
use crate::domain::Reader;
use crate::store::lendings::{self, Borrowed};

/// So many readers are at the top.
const TOP: u32 = 5;

/// A reader and how often they borrowed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Borrower {
    reader_view: LibraryReader,
    lending_count: i64,
}

/// Those who borrowed most often.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Borrowers {
    items: Vec<Borrower>,
}

/// The readers with their counts; who is gone since a moment ago is left out.
fn readers(borrowed: &[Borrowed]) -> Result<Vec<(Reader, i64)>, SqlError> {
    let mut readers = Vec::new();
    for Borrowed { reader_id, count } in borrowed {
        readers.extend(Reader::find(*reader_id)?.map(|reader| (reader, *count)));
    }
    Ok(readers)
}

/// The five readers who borrowed most often, ever.
#[utoipa::path(get, operation_id = "library_top_readers", path = "/legacy/readers/top5", responses((status = 200, body = ReaderList)))]
pub(super) async fn of_all(context: Context) -> Result<Response, Problem> {
    let (readers, _): (Vec<_>, Vec<_>) = readers(&lendings::most(TOP)?)?.into_iter().unzip();
    Ok(Json(ReaderList::of(&context, &readers)).into_response())
}

/// Of which genre, and on which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The name of a genre.
    #[param(required = true)]
    genre: Option<String>,
    /// The first day on which a lending began that counts: `YYYY-MM-DD`.
    #[param(required = true)]
    start_date: Option<String>,
    /// The last one.
    #[param(required = true)]
    end_date: Option<String>,
}

fn required(name: &str, value: Option<String>) -> Result<String, Problem> {
    value.ok_or_else(|| {
        Problem::bad_request("PARAMETER_MISSING", format!("Required parameter '{name}' is not present."))
    })
}

fn day(name: &str, value: Option<String>) -> Result<Day, Problem> {
    let text = required(name, value)?;
    Day::parse(&text).ok_or_else(|| {
        let wrong = Violation::new("MALFORMED", "Must be a day such as 2025-01-31.");
        Problem::malformed(wrong.at(format!("/query/{name}")).rejecting(text))
    })
}

/// The five readers who borrowed books of a genre most often, of the lendings that began on some days.
#[utoipa::path(get, operation_id = "library_top_readers_of_genre", path = "/legacy/readers/top5ByGenre", params(Asked), responses(
    (status = 200, body = Borrowers),
    (status = 400, description = "A parameter is missing or no day, or the first day is after the last"),
    (status = 404, description = "Nobody borrowed such a book then"),
))]
pub(super) async fn of_genre(context: Context, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let genre = required("genre", asked.genre)?;
    let (first, last) = (day("startDate", asked.start_date)?, day("endDate", asked.end_date)?);
    if first > last {
        return Err(Problem::bad_request("ILLEGAL_ARGUMENT", "Start date cannot be after end date."));
    }
    let borrowers = readers(&lendings::most_of_genre(&genre, first, last, TOP)?)?.into_iter();
    let view = |(reader, lending_count): (Reader, i64)| Borrower {
        reader_view: LibraryReader::listed(&context, &reader),
        lending_count,
    };
    let items: Vec<_> = borrowers.map(view).collect();
    if items.is_empty() {
        return Err(Problem::not_found("No data to show."));
    }
    Ok(Json(Borrowers { items }).into_response())
}
