//! Forgetting what no longer matters.

use std::time::Duration;

use lyceum_kit::{prelude::*, sql::Outcome};

use super::proposals::State;
use crate::domain::attempts::MEMORY;

/// How long an account that is proposed, or withdrawn, is known: longer than any saga is tried before it is taken back.
const PROPOSED: Duration = Duration::from_hours(48);

/// Rows that one transaction deletes at most, so that it holds nobody up.
const BATCH: i64 = 500;
/// Batches at one go; the rest is left to the next time.
const BATCHES: usize = 40;

const ATTEMPTS: &str = "DELETE FROM sign_in_attempts WHERE address_key IN \
    (SELECT address_key FROM sign_in_attempts WHERE last_failure_at < $1 LIMIT $2)";
const TOKENS: &str = "DELETE FROM refresh_tokens WHERE session_id IN \
    (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY id LIMIT $2)";
const SESSIONS: &str = "DELETE FROM sessions WHERE id IN \
    (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY id LIMIT $2)";
const PROPOSALS: &str = "DELETE FROM proposed_accounts WHERE id IN \
    (SELECT id FROM proposed_accounts WHERE changed_at < $1 AND state <> $2 ORDER BY changed_at LIMIT $3)";

/// Deletes failed sign-ins that are forgotten, sessions that have expired with their tokens, and accounts that were
/// proposed and never made.
pub(crate) fn purge(by: &WithoutOnce, now: Timestamp) -> Result<(), Problem> {
    let forgotten = now.minus(MEMORY);
    repeat(|| by.begin().execute(statement(ATTEMPTS, params![forgotten, BATCH])))?;
    let given_up = now.minus(PROPOSED);
    repeat(|| by.begin().execute(statement(PROPOSALS, params![given_up, State::Reserved, BATCH])))?;
    repeat(|| {
        by.begin()
            .execute(statement(TOKENS, params![now, BATCH]))
            .execute(statement(SESSIONS, params![now, BATCH]))
    })
}

/// Until a batch is not full.
fn repeat(batch: impl Fn() -> Transaction<Silent>) -> Result<(), Problem> {
    for _ in 0..BATCHES {
        let Outcome::Committed(results) = batch().commit()? else { break };
        let deleted = results.last().map_or(0, |rows| rows.affected);
        if i64::try_from(deleted).unwrap_or(i64::MAX) < BATCH {
            break;
        }
    }
    Ok(())
}
