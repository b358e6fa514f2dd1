//! The older library's face: `/api/lendings`, for clients that name books by ISBN, and readers and lendings by numbers.
//!
//! They know no copies. If the catalogue has a copy of the book that is free, or kept for the reader, that one is lent; else
//! a lending of no copy in particular, as often as anybody likes. Both hold to the circulation rules, and can be found and
//! taken back through the modern face, too.
//!
//! Versions count from 0 there, and from 1 in the rows.

mod create;
mod find;
mod numbers;
mod view;

use lyceum_kit::again::again;
use lyceum_kit::dialect::{LIBRARY, tenths};
use lyceum_kit::list::Between;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use self::numbers::Numbered;
pub(crate) use self::numbers::thirteen_digits;
use crate::domain::{Day, Lending};
use crate::routes::lendings::take_back;
use crate::store::lendings;

/// Where clients know lendings to be.
const PATH: &str = "/api/lendings";
/// The most characters of a commentary.
pub(crate) const COMMENTARY_LIMIT: usize = 1_024;

pub(crate) fn routes() -> Routes {
    let (staff, readers) = (Access::RolesAlone(&[Role::Librarian]), Access::RolesAlone(&[Role::Reader]));
    Routes::new("", "")
        .add(staff, route!(create::create))
        .add(Access::RolesAlone(&[Role::Librarian, Role::Reader]), route!(show))
        .add(readers, route!(give_back))
        .add(staff, route!(average_duration))
        .add(staff, route!(find::overdue))
        .add(staff, route!(find::search))
        .add(readers, route!(find::of_reader))
        .dialect(&LIBRARY)
}

/// The version as older clients count it.
fn tag(lending: &Lending) -> EntityTag {
    EntityTag::of_version(lending.version - 1)
}

/// The address that clients know.
fn address(context: &Context, number: &str) -> String {
    context.outside(&format!("{PATH}/{number}")).absolute()
}

/// One lending, with its version.
fn answer(context: &Context, lending: &Lending) -> Result<Response, Problem> {
    let view = view::of(context, lending)?;
    let media_type = HeaderValue::from_static("application/hal+json");
    Ok(tagged(&tag(lending), ([(header::CONTENT_TYPE, media_type)], Json(view))))
}

fn find(numbered: Numbered) -> Result<Lending, Problem> {
    let number = numbered.checked()?;
    lendings::numbered(&number)?
        .ok_or_else(|| Problem::not_found(format!("Cannot find the lending with number {number}.")))
}

/// Refused by a handler, and not by the rule of its route.
fn denied() -> Problem {
    Problem::forbidden("It is another reader's.").with_code("ACCESS_DENIED")
}

fn is_theirs(caller: &Caller, owner: Option<UserId>) -> Result<(), Problem> {
    if owner == Some(caller.user_id) { Ok(()) } else { Err(denied()) }
}

/// Shows a lending: to librarians, and to who borrowed.
#[utoipa::path(get, operation_id = "library_show_lending", path = "/legacy/lendings/{year}/{seq}", params(Numbered), responses(
    (status = 200, body = view::LibraryLending, content_type = "application/hal+json"),
    (status = 403, description = "It is another reader's"),
    (status = 404, description = "There is no such lending"),
))]
async fn show(context: Context, caller: Caller, Path(numbered): Path<Numbered>) -> Result<Response, Problem> {
    let lending = find(numbered)?;
    if !caller.has(Role::Librarian) {
        is_theirs(&caller, lending.user_id)?;
    }
    let mut answer = answer(&context, &lending)?;
    if let Ok(location) = HeaderValue::try_from(address(&context, &lending.number)) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// What a reader says when they give a book back.
#[derive(Debug, Deserialize, ToSchema)]
struct GivenBack {
    /// At most 1,024 characters.
    commentary: Option<String>,
}

/// Takes a book back from who borrowed it, today. What it costs to be late is charged.
#[utoipa::path(patch, operation_id = "library_return", path = "/legacy/lendings/{year}/{seq}",
    params(Numbered, ("If-Match" = String, Header, description = "The version that was read")),
    request_body = GivenBack, responses(
        (status = 200, body = view::LibraryLending, content_type = "application/hal+json"),
        (status = 400, description = "It was given back already, the commentary is too long, or `If-Match` is wrong or missing"),
        (status = 403, description = "It is another reader's"),
        (status = 404, description = "There is no such lending"),
        (status = 409, description = "The version is another one"),
    ))]
async fn give_back(
    context: Context,
    caller: Caller,
    Path(numbered): Path<Numbered>,
    if_match: IfMatch,
    ValidJson(GivenBack { commentary }): ValidJson<GivenBack>,
) -> Result<Response, Problem> {
    if let Some(text) = commentary.as_deref().filter(|text| text.chars().count() > COMMENTARY_LIMIT) {
        let message = format!("size must be between 0 and {COMMENTARY_LIMIT}");
        let violation = Violation::new("TOO_LONG", message).at("/commentary").rejecting(text);
        return Err(Problem::invalid(vec![violation]).with_object("setLendingReturnedRequest"));
    }
    again(|| {
        let lending = find(numbered)?;
        is_theirs(&caller, lending.user_id)?;
        if lending.returned_at.is_some() {
            return Err(Problem::bad_request("ALREADY_RETURNED", "The book has already been returned."));
        }
        if_match.check(&tag(&lending))?;
        take_back(&context, &lending, commentary.clone(), |returned| answer(&context, &returned))
    })
}

/// How long lendings take.
#[derive(Debug, serde::Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AverageDuration {
    /// In days, with one decimal.
    lendings_average_duration: f64,
}

/// How many days lendings that ended took on average.
#[utoipa::path(get, operation_id = "library_average_duration", path = "/legacy/lendings/avgDuration", responses(
    (status = 200, body = AverageDuration), (status = 400, description = "None has ended yet")))]
async fn average_duration() -> Result<Response, Problem> {
    let (lendings, days) = lendings::returns()?;
    let lendings_average_duration = tenths(days, lendings)
        .ok_or_else(|| Problem::bad_request("NOTHING_RETURNED", "No book has been returned yet."))?;
    Ok(Json(AverageDuration { lendings_average_duration }).into_response())
}

/// From one day to another, as clients give them: texts, of which a blank one says nothing.
fn days(from: Option<&str>, to: Option<&str>) -> Result<Option<Between<Day>>, Problem> {
    let (from, to) = (day(from)?, day(to)?);
    Ok((from.is_some() || to.is_some()).then_some(Between { from, to }))
}

fn day(text: Option<&str>) -> Result<Option<Day>, Problem> {
    let wrong = |text: &str| {
        Problem::bad_request("DATE", format!("Text '{text}' could not be parsed: expected yyyy-MM-dd."))
    };
    let given = text.filter(|text| !text.trim().is_empty());
    given.map(|text| Day::parse(text).ok_or_else(|| wrong(text))).transpose()
}
