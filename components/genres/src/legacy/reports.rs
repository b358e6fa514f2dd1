//! The older library's reports about genres. Days are those of lendings, which count them in the library's time zone.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use lyceum_kit::dialect::{SearchPage, tenths};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::GenreView;
use crate::store::reports::{self, Count, InMonth};

/// So many genres are at the top.
const TOP: u32 = 5;

/// A list in the library's form.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Items<T> {
    items: Vec<T>,
}

/// A genre and how many books are of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GenreBooks {
    genre_view: GenreView,
    book_count: i64,
}

/// A genre and a number.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GenreValue {
    genre: String,
    value: f64,
}

/// How many lendings began in a month.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MonthCounts {
    year: i16,
    month: i8,
    lendings_count: Vec<GenreCount>,
}

/// A genre and a count.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GenreCount {
    genre: String,
    value: i64,
}

/// How long the lendings lasted that began in a month, on average in days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MonthAverages {
    year: i16,
    month: i8,
    duration_averages: Vec<GenreValue>,
}

fn list<T: Serialize>(items: Vec<T>) -> Response {
    Json(Items { items }).into_response()
}

/// The same, where the library had nothing to show for an empty list.
fn list_or_nothing<T: Serialize>(items: Vec<T>) -> Result<Response, Problem> {
    if items.is_empty() {
        return Err(Problem::not_found("No data to show."));
    }
    Ok(list(items))
}

fn wrong(detail: &'static str) -> Problem {
    Problem::bad_request("ILLEGAL_ARGUMENT", detail)
}

/// With one decimal; 0 of nothing.
fn average(sum: i64, of: i64) -> f64 {
    tenths(sum, of).unwrap_or_default()
}

/// So much later, or the last day that there is.
fn later(date: Date, span: Span) -> Date {
    date.checked_add(span).unwrap_or(Date::MAX)
}

/// The five genres that most books are of.
#[utoipa::path(get, operation_id = "library_top_genres", path = "/legacy/genres/top5", responses(
    (status = 200, body = Items<GenreBooks>), (status = 404, description = "No book is of any")))]
pub(super) async fn top() -> Result<Response, Problem> {
    let top = reports::most_books(TOP)?.into_iter();
    let view = |Count { genre, count }| GenreBooks { genre_view: GenreView { genre }, book_count: count };
    list_or_nothing(top.map(view).collect())
}

/// A month, and a page.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct MonthAsked {
    page: Option<SearchPage>,
    query: Option<Month>,
}

/// A month.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
struct Month {
    year: i16,
    /// 1 to 12.
    month: i8,
}

/// How many lendings of each genre began in a month, for each of its days: by name, a numbered page at a time.
#[utoipa::path(post, operation_id = "library_lendings_per_genre", path = "/legacy/genres/avgLendingsPerGenre", request_body = MonthAsked,
    responses((status = 200, body = Items<GenreValue>), (status = 400, description = "A part is missing or wrong")))]
pub(super) async fn per_genre(ValidJson(asked): ValidJson<MonthAsked>) -> Result<Response, Problem> {
    let (Some(page), Some(Month { year, month })) = (asked.page, asked.query) else {
        return Err(wrong("Both page and query are required."));
    };
    let page = page.page()?;
    let first = Date::new(year, month, 1).map_err(|_| wrong("There is no such month."))?;
    let days = i64::from(first.days_in_month());
    let found = reports::begun(first, later(first, 1.month()))?.into_iter();
    let (skip, take) = (page.offset() as usize, page.limit() as usize);
    let value = |Count { genre, count }| GenreValue { genre, value: average(count, days) };
    Ok(list(found.skip(skip).take(take).map(value).collect()))
}

/// How many lendings of each genre began in each of the last twelve months, the present one included.
#[utoipa::path(get, operation_id = "library_lendings_per_month", path = "/legacy/genres/lendingsPerMonthLastTwelveMonths",
    responses((status = 200, body = Items<MonthCounts>), (status = 404, description = "There was none")))]
pub(super) async fn per_month() -> Result<Response, Problem> {
    let today = Day::today().civil();
    let first = today.first_of_month().checked_sub(11.months()).unwrap_or(Date::MIN);
    let found = reports::begun_by_month(first, later(today, 1.day()))?;
    let months = by_month(found, |InMonth { genre, count, .. }| GenreCount { genre, value: count });
    let view = |(year, month, lendings_count)| MonthCounts { year, month, lendings_count };
    list_or_nothing(months.into_iter().map(view).collect())
}

/// From when until when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct BetweenAsked {
    /// YYYY-MM-DD
    #[param(required = true)]
    start_date: Option<String>,
    /// YYYY-MM-DD, that day included.
    #[param(required = true)]
    end_date: Option<String>,
}

/// How long the lendings of each genre lasted that began between two days and came back, by the month in which they began.
#[utoipa::path(get, operation_id = "library_durations_per_month", path = "/legacy/genres/lendingsAverageDurationPerMonth", params(BetweenAsked),
    responses((status = 200, body = Items<MonthAverages>), (status = 400, description = "A date is missing or wrong"),
        (status = 404, description = "There was none")))]
pub(super) async fn durations(Query(asked): Query<BetweenAsked>) -> Result<Response, Problem> {
    let (first, last) = days(asked.start_date.as_deref(), asked.end_date.as_deref())?;
    let found = reports::returned_by_month(first, later(last, 1.day()))?;
    let months = by_month(found, |InMonth { genre, count, days, .. }| GenreValue {
        genre,
        value: average(days, count),
    });
    let view = |(year, month, duration_averages)| MonthAverages { year, month, duration_averages };
    list_or_nothing(months.into_iter().map(view).collect())
}

/// What is averaged, and from when until when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PeriodAsked {
    /// `day` or `month`
    #[param(required = true)]
    period: Option<String>,
    /// YYYY-MM-DD
    #[param(required = true)]
    start: Option<String>,
    /// YYYY-MM-DD, that day included.
    #[param(required = true)]
    end: Option<String>,
}

/// How many lendings of each genre began between two days, for each day or for each month that has one of them.
#[utoipa::path(get, operation_id = "library_average_lendings", path = "/legacy/genres/avgLendings", params(PeriodAsked),
    responses((status = 200, body = Items<GenreValue>), (status = 400, description = "A date or the period is missing or wrong")))]
pub(super) async fn average_of_period(Query(asked): Query<PeriodAsked>) -> Result<Response, Problem> {
    let (first, last) = days(asked.start.as_deref(), asked.end.as_deref())?;
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let periods = match asked.period.as_deref() {
        Some("day") => first.until(last).map_or(1, |span| i64::from(span.get_days()) + 1),
        Some("month") => months(last) - months(first) + 1,
        _ => return Err(wrong("The period must be day or month.")),
    };
    let found = reports::begun(first, later(last, 1.day()))?.into_iter();
    let value = |Count { genre, count }| GenreValue { genre, value: average(count, periods) };
    Ok(list(found.map(value).collect()))
}

/// Two days, the first not after the second.
fn days(first: Option<&str>, last: Option<&str>) -> Result<(Date, Date), Problem> {
    let day = |text: Option<&str>| {
        let text = text.ok_or_else(|| {
            Problem::bad_request(
                "PARAMETER_MISSING",
                "A required parameter is not present: from when, or until when.",
            )
        })?;
        Day::parse(text).map(Day::civil).ok_or_else(|| wrong("A date must be such as 2025-01-31."))
    };
    let (first, last) = (day(first)?, day(last)?);
    if first > last {
        return Err(wrong("The start must not be after the end."));
    }
    Ok((first, last))
}

/// The rows, which are in the order of their months, put together by month.
fn by_month<T>(rows: Vec<InMonth>, view: impl Fn(InMonth) -> T) -> Vec<(i16, i8, Vec<T>)> {
    let mut months: Vec<(i16, i8, Vec<T>)> = Vec::new();
    for row in rows {
        let Some((year, month)) = row.month.split_once('-') else { continue };
        let (Ok(year), Ok(month)) = (year.parse(), month.parse()) else { continue };
        match months.last_mut().filter(|(last_year, last, _)| (*last_year, *last) == (year, month)) {
            Some((_, _, views)) => views.push(view(row)),
            None => months.push((year, month, vec![view(row)])),
        }
    }
    months
}
