//! Accounts that the component `readers` makes together with a reader's record: both are there at the end, or neither.
//!
//! An account is proposed with its password, so that nobody else has to keep that; reserved for a saga, which takes the
//! address; and opened, or withdrawn. Nobody but this service hears of it before it is opened.

use std::time::Duration;

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::{erasure, prelude::*, text::Name};

use super::registration::taken;
use crate::domain::address::Address;
use crate::domain::password::Password;
use crate::domain::registration::Register;
use crate::store::proposals::{self, Holder, State};
use crate::{first_admin, passwords, store};

fn given_up() -> Problem {
    Problem::conflict("ACCOUNT_GIVEN_UP", "This account was not proposed, or was given up.")
}

/// Says how an account is to be. Whoever proposes it gives it an id of its own.
#[utoipa::path(put, path = "/accounts/{id}/proposal", params(("id" = Uuid, Path)), request_body = Register,
    responses(
        (status = 204, description = "It can be reserved, for two days; or this id was proposed already"),
        (status = 409, description = "`EMAIL_TAKEN`: another account has this address"),
        (status = 422, description = "A field is wrong, or the password may not be chosen"),
    ))]
pub(super) async fn propose(
    context: Context,
    Path(id): Path<Uuid>,
    ValidJson(body): ValidJson<Register>,
) -> Result<Response, Problem> {
    let registration = body.validate()?;
    note(&context, id, &registration.email, &registration.password, &registration.display_name)
}

/// Notes how an account is to be, unless its address is another one's.
pub(super) fn note(
    context: &Context,
    id: Uuid,
    email: &Address,
    password: &Password,
    display_name: &Name,
) -> Result<Response, Problem> {
    if first_admin::is_reserved(email)? || store::is_taken(email)? {
        return Err(taken());
    }
    let hash = passwords::hash(password)?;
    let proposed = proposals::propose(id, email, &hash, display_name.as_str(), clock::now());
    context.begin().execute(proposed).respond(no_content()).commit()
}

/// Reserves an account that was proposed: nobody else gets its address.
#[utoipa::path(put, path = "/accounts/{id}/reservations/{saga_id}",
    params(("id" = Uuid, Path), ("saga_id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is reserved"),
        (status = 409, description = "`EMAIL_TAKEN`: another account has this address by now; \
            `ACCOUNT_GIVEN_UP`: it was withdrawn, or never proposed"),
    ))]
pub(super) async fn reserve(
    context: Context,
    Path((id, saga_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    match proposals::holder(id)? {
        Some(Holder::Saga(other)) if other != saga_id => return Err(given_up()),
        Some(_) => return Ok(no_content()),
        None => {}
    }
    let proposal = proposals::proposal(id)?.filter(|proposal| proposal.state == State::Proposed);
    let [noted, inserted] = proposals::reserve(&proposal.ok_or_else(given_up)?, saga_id, clock::now());
    context
        .begin()
        .execute(noted)
        .on_missing(|| Problem::unavailable(Duration::from_secs(1)))
        .execute(inserted)
        .on_unique("accounts.email_folded", taken)
        .respond(no_content())
        .commit()
}

/// Gives an account up that isn't opened yet. Its address is free again, and it can't be reserved any more.
#[utoipa::path(delete, path = "/accounts/{id}/reservations/{saga_id}",
    params(("id" = Uuid, Path), ("saga_id" = Uuid, Path)),
    responses((status = 204, description = "It isn't reserved for that saga any more, or never was")))]
pub(super) async fn withdraw(
    context: Context,
    Path((id, saga_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let withdrawn = proposals::withdraw(id, saga_id, clock::now());
    context.begin().execute_all(withdrawn).respond(no_content()).commit()
}

/// Opens an account that is reserved: from now on its owner can sign in.
#[utoipa::path(put, path = "/accounts/{id}/openings/{saga_id}",
    params(("id" = Uuid, Path), ("saga_id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is open; or was, and its owner is erased by now"),
        (status = 409, description = "`ACCOUNT_GIVEN_UP`: it isn't reserved for that saga"),
    ))]
pub(super) async fn open(
    context: Context,
    Path((id, saga_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    match proposals::holder(id)? {
        Some(Holder::Owner) => return Ok(no_content()),
        Some(Holder::Saga(holder)) if holder == saga_id => {}
        None if erasure::is_erased(id.into())? => return Ok(no_content()),
        _ => return Err(given_up()),
    }
    // Not there if it was opened at this moment.
    let changed = || Problem::unavailable(Duration::from_secs(1));
    let proposal = proposals::proposal(id)?.ok_or_else(changed)?;
    let user = UserCreated {
        user_id: id.into(),
        email: proposal.email,
        display_name: proposal.display_name,
        first_name: None,
        last_name: None,
        roles: proposals::roles(),
        created_at: clock::now(),
        imported: false,
        status: None,
    };
    proposals::open(context.begin(), &user, saga_id).on_missing(changed).respond(no_content()).commit()
}
