//! Fines, and what readers owe.

use lyceum_event_types::lendings::Settlement;
use lyceum_kit::again::again;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LIST, may_see, visible};
use crate::domain::{Fine, FineState};
use crate::events;
use crate::store::accounts::{self, Account};
use crate::store::cases;
use crate::store::fines::Fines;

impl Resource for Fine {
    type View = Self;
    const PATH: &'static str = "/api/v1/fines";
    const MISSING: &'static str = "There is no such fine.";
}

fn over() -> Problem {
    Problem::conflict("ALREADY_SETTLED", "This fine is owed no more.")
}

/// Lists fines, the latest first: all of them for librarians, and for everybody else their own.
#[utoipa::path(get, path = "/api/v1/fines", params(ListQuery<Fines>), operation_id = "list_fines",
    responses((status = 200, body = Listed<Fine>)))]
pub(super) async fn list(caller: Caller, query: ListQuery<Fines>) -> Result<Response, Problem> {
    query.answer_within(&visible(&caller), std::convert::identity)
}

/// Shows a fine: to librarians, and to who owes it.
#[utoipa::path(get, path = "/api/v1/fines/{id}", params(("id" = Uuid, Path)), operation_id = "show_fine", responses(
    (status = 200, body = Fine),
    (status = 404, description = "There is no such fine that the caller may see"),
))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let fine = Fine::get(id)?;
    let theirs = may_see(&caller, fine.user_id);
    if theirs { Ok(fine.shown()) } else { Err(Problem::not_found(Fine::MISSING)) }
}

/// How a fine ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settling {
    settlement: Settlement,
}

/// Notes that a fine was paid, or that the library waives it.
#[utoipa::path(post, path = "/api/v1/fines/{id}/settlement", params(("id" = Uuid, Path)), operation_id = "settle_fine",
    request_body = Settling, responses(
        (status = 200, body = Fine),
        (status = 404, description = "There is no such fine"),
        (status = 409, description = "It is owed no more"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn settle(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    ValidJson(Settling { settlement }): ValidJson<Settling>,
) -> Result<Response, Problem> {
    again(|| {
        let fine = Fine::get_for(id, &conditions)?;
        let owed = fine.reader_id.zip(fine.user_id).filter(|_| fine.state == FineState::Unpaid);
        let debtor = owed.ok_or_else(over)?;
        let settled = fine.settled(match settlement {
            Settlement::Paid => FineState::Paid,
            Settlement::Waived => FineState::Waived,
        });
        let settled_at = settled.settled_at.unwrap_or_else(clock::now);
        context
            .begin()
            .execute(settled.update())
            .on_missing(Problem::changed_meanwhile)
            .execute(accounts::settle(debtor.0, fine.amount_cents))
            .publish(&events::settled(&settled, settlement, settled_at, debtor))
            .respond(settled.shown())
            .commit()
    })
}

/// Shows how many copies a reader has and what they owe: to librarians, and to the reader.
#[utoipa::path(get, path = "/api/v1/reader-accounts/{id}", params(("id" = Uuid, Path)),
    operation_id = "show_reader_account", responses(
        (status = 200, body = Account),
        (status = 404, description = "There is no such reader whom the caller may see"),
    ))]
pub(super) async fn account(caller: Caller, Path(reader_id): Path<Uuid>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such reader.");
    let reader = cases::readers(&cases::WhichReader::Id(reader_id))?.pop().ok_or_else(missing)?;
    if !caller.may(LIST) && !caller.owns(reader.user_id) {
        return Err(missing());
    }
    let account: Option<Account> = query_optional(accounts::find(reader_id))?;
    Ok(Json(account.unwrap_or(Account { reader_id, ..Account::default() })).into_response())
}
