//! What the older library's clients know an account by, and the key of their tokens.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Sequence;

use crate::domain::library_role::LibraryRole;

pub(super) const NUMBERS: Sequence = Sequence::new("library-users");

/// An account as those clients know it.
#[derive(Debug)]
pub(crate) struct LibraryUser {
    pub(crate) number: i64,
    /// As it was given at registration.
    pub(crate) full_name: Option<String>,
    /// Whether the account was registered there as a librarian's.
    pub(crate) librarian: Option<bool>,
    /// What an administrator said there that they are.
    pub(crate) roles: Option<AsJson<Vec<LibraryRole>>>,
}

from_row!(LibraryUser { number, full_name, librarian, roles });

/// The key that is sealed with the secret of that name.
pub(crate) fn library_key(secret: &str) -> Result<Option<Vec<u8>>, SqlError> {
    let text = "SELECT sealed FROM library_keys WHERE secret = $1";
    Ok(query_optional::<(Vec<u8>,)>(statement(text, params![secret]))?.map(|(sealed,)| sealed))
}

/// Keeps it, unless another one was quicker.
pub(crate) fn keep_library_key(secret: &str, sealed: Vec<u8>, now: Timestamp) -> Statement {
    let text = "INSERT INTO library_keys (secret, sealed, created_at) VALUES ($1, $2, $3) \
                ON CONFLICT (secret) DO NOTHING";
    statement(text, params![secret, sealed, now])
}

/// The account's number and name; who has none yet gets the next number.
pub(crate) fn library_user(by: &WithoutOnce, account: Uuid) -> Result<LibraryUser, Problem> {
    if let Some(user) = find(account)? {
        return Ok(user);
    }
    let number = next_library_number(by)?;
    let text =
        "INSERT INTO library_users (account_id, number) VALUES ($1, $2) ON CONFLICT (account_id) DO NOTHING";
    by.begin().execute(statement(text, params![account, number])).commit()?;
    find(account)?.ok_or_else(Problem::internal)
}

/// A number for an account that is about to be made.
pub(crate) fn next_library_number(by: &WithoutOnce) -> Result<i64, TransactionError> {
    Ok(NUMBERS.next(by, "")?.value)
}

/// Gives a new account its number.
pub(crate) fn add_library_user(account: Uuid, number: i64, librarian: bool) -> Statement {
    let text = "INSERT INTO library_users (account_id, number, librarian) VALUES ($1, $2, $3)";
    statement(text, params![account, number, librarian])
}

fn find(account: Uuid) -> Result<Option<LibraryUser>, SqlError> {
    let text = "SELECT l.number, a.display_name AS full_name, l.librarian, l.roles FROM library_users l \
                JOIN accounts a ON a.id = l.account_id WHERE l.account_id = $1";
    query_optional(statement(text, params![account]))
}
