//! Accounts as administrators see and change them on the older library's face.

use lyceum_event_types::auth::AddressChanged;
use lyceum_kit::list::OffsetPage;
use lyceum_kit::prelude::*;

use crate::domain::account::Status;
use crate::domain::address::Address;
use crate::domain::library_role::LibraryRole;

/// An account.
#[derive(Debug)]
pub(crate) struct LibraryAccount {
    pub(crate) id: Uuid,
    /// As clients know it; none if they haven't seen it yet.
    pub(crate) number: Option<i64>,
    pub(crate) email: String,
    pub(crate) full_name: Option<String>,
    pub(crate) roles: Roles,
    pub(crate) status: Status,
    pub(crate) version: i64,
}
from_row!(LibraryAccount { id, number, email, full_name, roles, status, version });

/// Of accounts that are somebody's.
const SELECT: &str = "SELECT a.id, l.number, a.email, a.display_name AS full_name, a.roles, a.version, \
                      CASE WHEN a.erasure_id IS NULL THEN a.status ELSE 'inactive' END AS status \
                      FROM accounts a LEFT JOIN library_users l ON l.account_id = a.id";

/// The account with this number, if there is one.
pub(crate) fn numbered(number: i64) -> Result<Option<LibraryAccount>, SqlError> {
    query_optional(statement(format!("{SELECT} WHERE l.number = $1"), params![number]))
}

/// The account with this id, if it is somebody's.
pub(crate) fn account(id: Uuid) -> Result<Option<LibraryAccount>, SqlError> {
    query_optional(statement(format!("{SELECT} WHERE a.id = $1 AND a.saga_id IS NULL"), params![id]))
}

/// Accounts, those that were made last before others.
pub(crate) fn newest(page: OffsetPage) -> Result<Vec<LibraryAccount>, SqlError> {
    let text =
        format!("{SELECT} WHERE a.saga_id IS NULL ORDER BY a.created_at DESC, a.id DESC LIMIT $1 OFFSET $2");
    query_all(statement(text, params![page.limit(), page.offset()]))
}

/// Those with this address, of which there is one at most.
pub(crate) fn addressed(address: &Address, page: OffsetPage) -> Result<Vec<LibraryAccount>, SqlError> {
    let [typed, folded, readable] = address.stored_forms();
    let text =
        format!("{SELECT} WHERE a.email_folded IN ($1, $2, $3) AND a.saga_id IS NULL LIMIT $4 OFFSET $5");
    query_all(statement(text, params![typed, folded, readable, page.limit(), page.offset()]))
}

/// What becomes of an account; what isn't given stays.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) email: Option<Address>,
    pub(crate) password_hash: Option<String>,
    pub(crate) display_name: Option<String>,
}

impl LibraryAccount {
    /// The version that it has when it is changed.
    pub(crate) fn next_version(&self) -> i64 {
        self.version.saturating_add(1)
    }
}

/// Changes an account, and tells of it if its address is another one then. Misses its row, and is `CHANGED_MEANWHILE`, if the
/// account was changed since it was read. Not unique: `accounts.email_folded`.
pub(crate) fn change<E>(
    transaction: Transaction<E>,
    account: &LibraryAccount,
    change: &Change,
    now: Timestamp,
) -> Transaction<E> {
    let text = "UPDATE accounts SET email = COALESCE($3, email), email_folded = COALESCE($4, email_folded), \
                password_hash = COALESCE($5, password_hash), display_name = COALESCE($6, display_name), \
                version = version + 1, updated_at = $7 WHERE id = $1 AND version = $2";
    let Change { email, password_hash, display_name } = change;
    let (typed, folded) = email.as_ref().map(|email| (email.as_str(), email.folded())).unzip();
    let params = params![
        account.id,
        account.version,
        typed,
        folded,
        password_hash.as_deref(),
        display_name.as_deref(),
        now
    ];
    let transaction = transaction.execute(statement(text, params).expect_rows(1));
    let transaction = transaction.on_missing(Problem::changed_meanwhile);
    match email.as_ref().filter(|email| email.as_str() != account.email) {
        Some(email) => transaction.publish(&AddressChanged {
            user_id: account.id.into(),
            email: email.as_str().to_owned(),
            version: account.next_version(),
            changed_at: now,
        }),
        None => transaction,
    }
}

/// Says what somebody is there from now on: expect one row.
pub(crate) fn give(account: Uuid, roles: &[LibraryRole]) -> Statement {
    let text = "UPDATE library_users SET roles = $2 WHERE account_id = $1";
    statement(text, params![account, AsJson(roles)])
}
