//! Failed sign-ins in the database.

use lyceum_kit::prelude::*;

use super::{Credentials, account_columns};
use crate::domain::address::Address;
use crate::domain::attempts::Attempts;

from_row!(Attempts { failures, last_failure_at });

/// What sign-in needs to know of an address, from one snapshot. The work is the same whether an
/// account has it or not.
pub(crate) fn sign_in_state(
    address: &Address,
    key: &str,
) -> Result<(Attempts, Option<Credentials>), SqlError> {
    let attempts = "SELECT failures, last_failure_at FROM sign_in_attempts WHERE address_key = $1";
    let account = concat!(
        "SELECT a.password_hash, ",
        account_columns!(),
        " FROM accounts a WHERE a.email_folded IN ($1, $2, $3) AND a.saga_id IS NULL \
         ORDER BY CASE WHEN a.email_folded = $1 THEN 0 WHEN a.email_folded = $2 THEN 1 ELSE 2 END LIMIT 1"
    );
    let [typed, folded, readable] = address.stored_forms();
    let account = statement(account, params![typed, folded, readable]);
    let statements = vec![statement(attempts, params![key]), account];
    let mut results = query(statements)?.into_iter();
    let mut next = || results.next().ok_or(RowError::Count(0));
    let attempts = next()?.optional()?.unwrap_or(Attempts::NONE);
    Ok((attempts, next()?.optional()?))
}

/// The failures of an address.
pub(crate) fn attempts(key: &str) -> Result<Attempts, SqlError> {
    let text = "SELECT failures, last_failure_at FROM sign_in_attempts WHERE address_key = $1";
    Ok(query_optional(statement(text, params![key]))?.unwrap_or(Attempts::NONE))
}

/// Stores `now_failed`, if the number of failures is still that of `before`: expect one row.
pub(crate) fn record_attempts(key: &str, before: Attempts, now_failed: Attempts) -> Statement {
    let text = "INSERT INTO sign_in_attempts (address_key, failures, last_failure_at, refused_until) \
                VALUES ($1, $2, $3, $4) ON CONFLICT (address_key) DO UPDATE SET failures = excluded.failures, \
                last_failure_at = excluded.last_failure_at, refused_until = excluded.refused_until \
                WHERE sign_in_attempts.failures = $5";
    let refused_until = now_failed.refused_until();
    let params =
        params![key, now_failed.failures, now_failed.last_failure_at, refused_until, before.failures];
    statement(text, params)
}

/// Finds a refusal that is in force: expect no row. Without it, guesses made at the same time
/// would all be judged before the first of them counts.
pub(crate) fn refusals(key: &str, now: Timestamp) -> Statement {
    let text = "SELECT address_key FROM sign_in_attempts WHERE address_key = $1 AND refused_until > $2";
    statement(text, params![key, now])
}

/// Forgets the failures of an address.
pub(crate) fn clear_attempts(key: &str) -> Statement {
    statement("DELETE FROM sign_in_attempts WHERE address_key = $1", params![key])
}
