//! Which of the addresses that somebody's account had their record follows.

use lyceum_kit::prelude::*;

/// The version of the account that the record's address belongs to; 0 if it is the first one, or there is no record.
pub(crate) fn followed(user_id: UserId) -> Result<i64, SqlError> {
    let text = "SELECT address_version FROM readers WHERE user_id = $1";
    let found: Option<(i64,)> = query_optional(statement(text, params![user_id]))?;
    Ok(found.map_or(0, |(version,)| version))
}

/// The record's address is that of this version of the account from now on; misses its row if it is a later one's already.
pub(crate) fn follow(user_id: UserId, version: i64) -> Statement {
    let text = "UPDATE readers SET address_version = $2 WHERE user_id = $1 AND address_version < $2";
    statement(text, params![user_id, version]).expect_rows(1)
}
