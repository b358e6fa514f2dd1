//! Accounts in the database.

mod attempts;
mod library;
pub(crate) mod library_import;
pub(crate) mod library_users;
pub(crate) mod proposals;
mod purge;
mod sessions;

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::prelude::*;

pub(crate) use self::attempts::{attempts, clear_attempts, record_attempts, refusals, sign_in_state};
pub(crate) use self::library::{
    add_library_user, keep_library_key, library_key, library_user, next_library_number,
};
pub(crate) use self::purge::purge;
pub(crate) use self::sessions::{
    Lifetime, end_all_sessions, end_session, end_sessions_but, is_bare, lasts, lifetime, live_sessions,
    open_bare_session, open_session, presented, rotate,
};
use crate::domain::account::{Account, Status};
use crate::domain::address::Address;

from_row!(Account { id, email, roles, status, version, created_at });

/// The columns of an account `a`. Whose owner is about to be erased takes no part any more.
macro_rules! account_columns {
    () => {
        "a.id, a.email, a.roles, a.version, a.created_at, \
         CASE WHEN a.erasure_id IS NULL THEN a.status ELSE 'inactive' END AS status"
    };
}
pub(crate) use account_columns;

/// An account and the hash of its password.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) account: Account,
    pub(crate) password_hash: String,
}

impl FromRow for Credentials {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        Ok(Self { password_hash: row.take("password_hash")?, account: Account::from_row(row)? })
    }
}

/// Whether an account has this address.
pub(crate) fn is_taken(address: &Address) -> Result<bool, SqlError> {
    let text = "SELECT id FROM accounts WHERE email_folded IN ($1, $2, $3) LIMIT 1";
    let [typed, folded, readable] = address.stored_forms();
    Ok(query_optional::<(Uuid,)>(statement(text, params![typed, folded, readable]))?.is_some())
}

/// The account with this id. One that is reserved for a saga is nobody's yet.
pub(crate) fn find(id: Uuid) -> Result<Option<Account>, SqlError> {
    let text =
        concat!("SELECT ", account_columns!(), " FROM accounts a WHERE a.id = $1 AND a.saga_id IS NULL");
    query_optional(statement(text, params![id]))
}

/// A new account, and the event that tells of it. Not unique: `accounts.email_folded`.
pub(crate) fn create<E>(
    transaction: Transaction<E>,
    user: &UserCreated,
    email: &Address,
    password_hash: &str,
) -> Transaction<E> {
    let address = (email.as_str(), email.folded());
    let name = user.display_name.as_str();
    let inserted = insert(user.user_id, address, name, password_hash, &user.roles, None, user.created_at);
    transaction.execute(inserted).publish(user)
}

/// An account with this address, as it is typed and folded, which is open or reserved for a saga.
fn insert(
    user_id: UserId,
    (email, email_folded): (&str, &str),
    display_name: &str,
    password_hash: &str,
    roles: &Roles,
    saga_id: Option<Uuid>,
    now: Timestamp,
) -> Statement {
    let text = "INSERT INTO accounts (id, email, email_folded, password_hash, roles, is_admin, status, version, \
                created_at, updated_at, saga_id, display_name) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $9, $10)";
    let (is_admin, status) = (roles.contains(Role::Admin), Status::Active.name());
    let params = params![
        user_id,
        email,
        email_folded,
        password_hash,
        AsJson(roles),
        is_admin,
        status,
        now,
        saga_id,
        display_name
    ];
    statement(text, params)
}

/// Replaces an account's roles, if it still has this version: expect one row.
pub(crate) fn set_roles(id: Uuid, version: i64, roles: &Roles, now: Timestamp) -> Statement {
    let text = "UPDATE accounts SET roles = $3, is_admin = $4, version = version + 1, updated_at = $5 \
                WHERE id = $1 AND version = $2";
    statement(text, params![id, version, AsJson(roles), roles.contains(Role::Admin), now])
}

/// Finds an administrator other than this one, who stays: expect one row.
pub(crate) fn another_admin(id: Uuid) -> Statement {
    let text = "SELECT id FROM accounts \
                WHERE is_admin = $2 AND status = $3 AND erasure_id IS NULL AND id <> $1 LIMIT 1";
    statement(text, params![id, true, Status::Active.name()])
}

/// Whether there is an administrator who may sign in.
pub(crate) fn has_admin() -> Result<bool, SqlError> {
    Ok(query_optional::<(Uuid,)>(another_admin(Uuid::nil()))?.is_some())
}

/// Sets whether the account's owner may sign in: expect one row.
pub(crate) fn set_status(id: Uuid, status: Status, now: Timestamp) -> Statement {
    let text = "UPDATE accounts SET status = $2, version = version + 1, updated_at = $3 WHERE id = $1";
    statement(text, params![id, status.name(), now])
}

/// Closes an account for an erasure, if it still has this version: expect one row.
pub(crate) fn close(account: &Account, erasure_id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE accounts SET erasure_id = $3, version = version + 1, updated_at = $4 \
                WHERE id = $1 AND version = $2";
    statement(text, params![account.id, account.version, erasure_id, now])
}

/// Opens an account again, if it was closed for this erasure.
pub(crate) fn reopen(id: Uuid, erasure_id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE accounts SET erasure_id = NULL, version = version + 1, updated_at = $3 \
                WHERE id = $1 AND erasure_id = $2";
    statement(text, params![id, erasure_id, now])
}

/// Stores a hash with better parameters, unless the password was changed meanwhile.
pub(crate) fn replace_hash(id: Uuid, old: &str, new: &str) -> Statement {
    let text = "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    statement(text, params![id, old, new])
}

/// Finds the account if nothing about it changed and its owner may sign in: expect one row.
pub(crate) fn unchanged(account: &Account) -> Statement {
    let text = "SELECT id FROM accounts \
                WHERE id = $1 AND version = $2 AND status = $3 AND erasure_id IS NULL";
    statement(text, params![account.id, account.version, Status::Active.name()])
}

/// Removes an account with its sessions and their tokens.
pub(crate) fn erase(id: Uuid) -> [Statement; 4] {
    [
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1)",
        "DELETE FROM sessions WHERE account_id = $1",
        "DELETE FROM library_users WHERE account_id = $1",
        "DELETE FROM accounts WHERE id = $1",
    ]
    .map(|text| statement(text, params![id]))
}
