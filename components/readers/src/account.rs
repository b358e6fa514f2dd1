//! What auth is told of readers' accounts. It alone keeps passwords, and addresses that are used for signing in.

use lyceum_kit::http::{CallError, Service};
use lyceum_kit::prelude::*;
use lyceum_kit::text::Name;
use serde::{Deserialize, Serialize};

use crate::domain::Reader;

/// Who has accounts.
pub(crate) const AUTH: &str = "auth";

/// How an account is to be.
#[derive(Serialize)]
struct Proposal<'a> {
    email: &'a str,
    password: &'a str,
    display_name: &'a str,
}

fn proposed(reader: &Reader, password: &str, what: &str) -> Result<(), CallError> {
    let display_name = Name::nearest(&reader.full_name);
    let proposal = Proposal { email: &reader.email, password, display_name: display_name.as_str() };
    Service::new(AUTH).put::<_, ()>(&path(reader.user_id, what), &proposal)
}

/// Says how a reader's account is to be.
pub(crate) fn propose(reader: &Reader, password: &str) -> Result<(), CallError> {
    proposed(reader, password, "proposal")
}

/// The same by the older library's rule for passwords.
pub(crate) fn propose_by_library(reader: &Reader, password: &str) -> Result<(), CallError> {
    proposed(reader, password, "library-proposal")
}

/// What changes about an account.
#[derive(Debug)]
pub(crate) struct AccountChange<'a> {
    pub(crate) email: Option<String>,
    pub(crate) password: Option<String>,
    /// The person's.
    pub(crate) name: Option<&'a String>,
    /// The session that goes on with another password.
    pub(crate) kept_session_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Change<'a> {
    email: Option<&'a str>,
    password: Option<&'a str>,
    display_name: Option<&'a str>,
    kept_session_id: Option<Uuid>,
}

/// An account that was changed.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct ChangedAccount {
    /// The version that it has now, by which its address is told from earlier ones.
    pub(crate) version: i64,
    /// Whether the token that the change was asked for with names the former address.
    #[serde(default)]
    pub(crate) token_names_former: bool,
}

/// Changes an account by the older library's rules; nothing is asked for, and nothing returned, if nothing changes. Repeated, it
/// is the same.
pub(crate) fn change(
    user_id: UserId,
    change: &AccountChange<'_>,
) -> Result<Option<ChangedAccount>, CallError> {
    let AccountChange { email, password, name, kept_session_id } = change;
    if email.is_none() && password.is_none() && name.is_none() {
        return Ok(None);
    }
    let name = name.map(|name| Name::nearest(name));
    let change = Change {
        email: email.as_deref(),
        password: password.as_deref(),
        display_name: name.as_ref().map(Name::as_str),
        kept_session_id: kept_session_id.and_then(|id| id.parse().ok()),
    };
    Service::new(AUTH).patch(&path(user_id, "library-account"), &change)
}

/// Where something of an account is.
pub(crate) fn path(user_id: UserId, rest: &str) -> String {
    format!("/accounts/{user_id}/{rest}")
}
