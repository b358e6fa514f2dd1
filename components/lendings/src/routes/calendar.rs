//! Days on which a library is closed.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;

use crate::domain::{ClosedDay, ClosedDayFields};
use crate::store::calendar::{self, ClosedDaysList};

impl Resource for ClosedDay {
    type View = Self;
    const PATH: &'static str = "/api/v1/closed-days";
    const MISSING: &'static str = "There is no such closed day.";
}

fn taken() -> Problem {
    Problem::conflict("DAY_TAKEN", "This day is closed there already.")
}

/// Closes a library for a day. Nothing that is lent from now on is due on it, and it costs nothing to be late on it, for
/// what comes back from now on; lendings that are due on it already stay so.
#[utoipa::path(post, path = "/api/v1/closed-days", request_body = ClosedDayFields, operation_id = "create_closed_day",
    responses(
        (status = 201, body = ClosedDay),
        (status = 409, description = "The day is closed there already"),
    ))]
pub(super) async fn create(
    context: Context,
    ValidJson(fields): ValidJson<ClosedDayFields>,
) -> Result<Response, Problem> {
    let day = ClosedDay::new(fields)?;
    let transaction = context.begin().execute(day.insert());
    transaction.on_unique("closed_days.location,day", taken).respond(day.created()).commit()
}

/// Lists closed days.
#[utoipa::path(get, path = "/api/v1/closed-days", params(ListQuery<ClosedDaysList>), operation_id = "list_closed_days",
    responses((status = 200, body = Listed<ClosedDay>)))]
pub(super) async fn list(query: ListQuery<ClosedDaysList>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows a closed day.
#[utoipa::path(get, path = "/api/v1/closed-days/{id}", params(("id" = Uuid, Path)), operation_id = "show_closed_day",
    responses(
        (status = 200, body = ClosedDay),
        (status = 404, description = "There is no such closed day"),
    ))]
pub(super) async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    ClosedDay::get(id).map(ClosedDay::shown)
}

/// Opens a library on a day after all.
#[utoipa::path(delete, path = "/api/v1/closed-days/{id}", params(("id" = Uuid, Path)), operation_id = "delete_closed_day",
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such closed day"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let day = ClosedDay::get_for(id, &conditions)?;
    let gone = || Problem::not_found(ClosedDay::MISSING);
    context.begin().execute(calendar::delete(&day)).on_missing(gone).respond(no_content()).commit()
}
