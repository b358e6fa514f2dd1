//! Accounts by the older library's rules, for the component `readers`, whose older clients make and change them together
//! with a reader's record.

use lyceum_event_types::auth::EndReason;
use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::text::Name;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::proposals;
use super::registration::taken;
use crate::domain::account::Status;
use crate::domain::address::Address;
use crate::domain::library_registration as rules;
use crate::domain::password::Password;
use crate::store::library_users::{self, Change, LibraryAccount};
use crate::{first_admin, passwords, store};

/// An account that a reader is to get.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposedByLibrary {
    email: String,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(format = Password)]
    password: String,
    /// What others see.
    display_name: String,
}

/// What a reader changes about their account. What isn't given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedByLibrary {
    email: Option<String>,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(format = Password)]
    password: Option<String>,
    display_name: Option<String>,
    /// The session that lasts when another password ends all the others.
    kept_session_id: Option<Uuid>,
}

/// An account that was changed.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedAccount {
    /// Counts its changes, as events tell it of another address.
    version: i64,
    /// Whether the token of the session that lasts names the former address, as those of the older library's clients do.
    token_names_former: bool,
}

fn email(fields: &mut Validation, text: &str) -> Option<Address> {
    let address = text.parse::<Address>();
    fields.take("/email", address.map_err(|error| Violation::new("NOT_AN_ADDRESS", error.to_string())))
}

fn password(fields: &mut Validation, text: &str) -> Option<Password> {
    let password = rules::password(text);
    fields.take("/password", password.map_err(|refused| Violation::new("PASSWORD_WEAK", refused.to_string())))
}

/// Says how an account is to be, as `PUT /accounts/{id}/proposal` does by the rules for all others.
#[utoipa::path(put, path = "/accounts/{id}/library-proposal", params(("id" = Uuid, Path)),
    request_body = ProposedByLibrary, responses(
        (status = 204, description = "It can be reserved, for two days; or this id was proposed already"),
        (status = 409, description = "`EMAIL_TAKEN`: another account has this address"),
        (status = 422, description = "A field is wrong, or the password may not be chosen"),
    ))]
pub(super) async fn propose(
    context: Context,
    Path(id): Path<Uuid>,
    ValidJson(body): ValidJson<ProposedByLibrary>,
) -> Result<Response, Problem> {
    let mut fields = Validation::new();
    let (email, password) = (email(&mut fields, &body.email), password(&mut fields, &body.password));
    let display_name = fields.take("/display_name", Name::new(&body.display_name));
    let (Some(email), Some(password), Some(display_name)) = (email, password, display_name) else {
        return Err(fields.problem());
    };
    proposals::note(&context, id, &email, &password, &display_name)
}

/// The account, whose owner may sign in.
fn active(id: Uuid) -> Result<LibraryAccount, Problem> {
    let account = library_users::account(id)?.filter(|account| account.status == Status::Active);
    account.ok_or_else(|| Problem::not_found("There is no such account."))
}

/// Changes an account, and tells of another address. With another password the person is signed out everywhere else.
///
/// Nobody states what they read here: of two changes at the same time both are made, one after the other.
#[utoipa::path(patch, path = "/accounts/{id}/library-account", params(("id" = Uuid, Path)),
    request_body = ChangedByLibrary, responses(
        (status = 200, body = ChangedAccount),
        (status = 404, description = "There is no such account, or its owner may not sign in"),
        (status = 409, description = "`EMAIL_TAKEN`: another account has this address"),
        (status = 422, description = "A field is wrong, or the password may not be chosen"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    ValidJson(body): ValidJson<ChangedByLibrary>,
) -> Result<Response, Problem> {
    let account = active(id)?;
    let mut fields = Validation::new();
    let email = body.email.map(|text| email(&mut fields, &text));
    let password = body.password.map(|text| password(&mut fields, &text));
    let display_name = body.display_name.map(|name| fields.take("/display_name", Name::new(&name)));
    fields.finish()?;
    let change = checked(&account, email.flatten(), password.flatten(), display_name.flatten())?;
    again(|| {
        let (account, now) = (active(id)?, clock::now());
        let moves = change.email.as_ref().is_some_and(|email| email.as_str() != account.email);
        let token_names_former = match body.kept_session_id.filter(|_| moves) {
            Some(session) => store::is_bare(session, id)?,
            None => false,
        };
        let changed = Json(ChangedAccount { version: account.next_version(), token_names_former });
        let transaction = library_users::change(context.begin(), &account, &change, now)
            .on_unique("accounts.email_folded", taken);
        let transaction = if change.password_hash.is_some() {
            store::end_sessions_but(transaction, id, body.kept_session_id, now, EndReason::SignedOut)?
        } else {
            transaction
        };
        transaction.respond(changed.into_response()).commit()
    })
}

/// What becomes of an account, unless the address is another one's.
pub(super) fn checked(
    account: &LibraryAccount,
    email: Option<Address>,
    password: Option<Password>,
    display_name: Option<Name>,
) -> Result<Change, Problem> {
    if let Some(email) = &email {
        let present = account.email.parse::<Address>();
        let same = present.is_ok_and(|present| present.folded() == email.folded());
        // Asked before the costly hash; the constraint decides.
        if !same && (first_admin::is_reserved(email)? || store::is_taken(email)?) {
            return Err(taken());
        }
    }
    let password_hash = password.map(|password| passwords::hash(&password)).transpose()?;
    Ok(Change { email, password_hash, display_name: display_name.map(Into::into) })
}
