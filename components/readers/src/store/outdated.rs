//! Tokens of the older library's clients that name an address which their owner has left.
//!
//! That library looked its reader up by the name in the token, so that whoever changed theirs reached their record no more
//! with the token that they had. Ours are told apart by an id; what was is kept to, since clients sign in again then.

use std::time::Duration;

use lyceum_kit::prelude::*;

/// For how long they are known: no token is good for longer.
const MEMORY: Duration = Duration::from_hours(10);

/// The token of this session names a former address from now on.
pub(crate) fn note(session_id: &str, user_id: UserId, now: Timestamp) -> Statement {
    let text = "INSERT INTO outdated_tokens (session_id, user_id, changed_at) VALUES ($1, $2, $3) \
                ON CONFLICT (session_id) DO NOTHING";
    statement(text, params![session_id, user_id, now])
}

/// Whether the token of this session does.
pub(crate) fn is_outdated(session_id: &str) -> Result<bool, SqlError> {
    let text = "SELECT session_id FROM outdated_tokens WHERE session_id = $1";
    Ok(query_optional::<(String,)>(statement(text, params![session_id]))?.is_some())
}

/// Nothing is known of this person's tokens.
pub(crate) fn forget(user_id: UserId) -> Statement {
    statement("DELETE FROM outdated_tokens WHERE user_id = $1", params![user_id])
}

/// Forgets those that are not good any more.
pub(crate) fn purge(by: &WithoutOnce) -> Result<(), EventError> {
    let text = "DELETE FROM outdated_tokens WHERE changed_at < $1";
    by.begin().execute(statement(text, params![clock::now().minus(MEMORY)])).commit()?;
    Ok(())
}
