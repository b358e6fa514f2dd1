//! Accounts that are about to be erased, for the component `users`, which has a person erased everywhere.
//!
//! Whether somebody may go can be decided here alone, since here it is known who the administrators are. What was closed
//! can be opened again until the person is erased: see `events::erase`.

use std::time::Duration;

use lyceum_event_types::auth::EndReason;
use lyceum_kit::prelude::*;

use super::accounts::last_admin;
use crate::store;

/// Says whether an account could be closed now, as far as can be known before it is done.
#[utoipa::path(get, path = "/accounts/{id}/erasures", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "It could be closed, or there is none"),
    (status = 409, description = "`LAST_ADMIN`: nobody would be left to give roles"),
))]
pub(super) async fn check(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let is_admin = store::find(id)?.is_some_and(|account| account.roles.contains(Role::Admin));
    if is_admin && query_optional::<(Uuid,)>(store::another_admin(id))?.is_none() {
        return Err(last_admin());
    }
    Ok(no_content())
}

/// Closes an account: its owner is signed out everywhere and can't sign in. Of two administrators who are the last ones
/// and go at the same time, one can't.
#[utoipa::path(put, path = "/accounts/{id}/erasures/{erasure_id}",
    params(("id" = Uuid, Path), ("erasure_id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is closed, or there is none"),
        (status = 409, description = "`LAST_ADMIN`: nobody would be left to give roles"),
    ))]
pub(super) async fn close(
    context: Context,
    Path((id, erasure_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let Some(account) = store::find(id)? else { return Ok(no_content()) };
    let now = clock::now();
    let changed = || Problem::unavailable(Duration::from_secs(1));
    let closed = store::close(&account, erasure_id, now);
    let mut transaction = context.begin().execute(closed).expect_rows(1).on_missing(changed);
    if account.roles.contains(Role::Admin) {
        transaction = transaction.execute(store::another_admin(id)).expect_rows(1).on_missing(last_admin);
    }
    store::end_all_sessions(transaction, id, now, EndReason::AccountClosed)?.respond(no_content()).commit()
}

/// Opens an account again that was closed for this erasure, which is not going to happen.
#[utoipa::path(delete, path = "/accounts/{id}/erasures/{erasure_id}",
    params(("id" = Uuid, Path), ("erasure_id" = Uuid, Path)),
    responses((status = 204, description = "It isn't closed for that erasure any more, or never was")))]
pub(super) async fn reopen(
    context: Context,
    Path((id, erasure_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    context.begin().execute(store::reopen(id, erasure_id, clock::now())).respond(no_content()).commit()
}
