//! Sessions and their refresh tokens in the database.

use std::time::Duration;

use lyceum_event_types::auth::{EndReason, SessionsEnded};
use lyceum_kit::live;
use lyceum_kit::prelude::*;
use serde::Serialize;

use super::account_columns;
use crate::domain::account::Account;
use crate::domain::refresh_token::RefreshToken;
use crate::domain::rotation::Exchange;

/// How long a refresh token is good for.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// How many sessions one message names: at 39 bytes each it may have 64 KiB.
const AT_ONCE: usize = 1_000;

/// What hosts are told: streams of these sessions end.
#[derive(Serialize)]
struct StreamsEnd<'a> {
    session_ids: &'a [Uuid],
}

impl live::Message for StreamsEnd<'_> {
    const EVENT: &'static str = "sessions-ended";
}

/// A session that lasts.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) created_at: Timestamp,
    pub(crate) refreshed_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}
from_row!(Session { id, created_at, refreshed_at, expires_at });

/// A refresh token that somebody presents, with its session and account.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) session_id: Uuid,
    pub(crate) expires_at: Timestamp,
    /// How it was exchanged; nothing until it was.
    pub(crate) exchange: Option<Exchange>,
    pub(crate) session_ended_at: Option<Timestamp>,
    pub(crate) account: Account,
}

impl FromRow for Presented {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let (at, key): (Option<Timestamp>, Option<String>) = (row.take("used_at")?, row.take("used_with")?);
        Ok(Self {
            session_id: row.take("session_id")?,
            expires_at: row.take("expires_at")?,
            exchange: at.map(|at| Exchange { at, key }),
            session_ended_at: row.take("ended_at")?,
            account: Account::from_row(row)?,
        })
    }
}

/// What is known of a refresh token.
pub(crate) fn presented(token: &RefreshToken) -> Result<Option<Presented>, SqlError> {
    let text = concat!(
        "SELECT t.session_id, t.expires_at, t.used_at, t.used_with, s.ended_at, ",
        account_columns!(),
        " FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN accounts a ON a.id = s.account_id \
         WHERE t.digest = $1"
    );
    query_optional(statement(text, params![token.digest()]))
}

/// A new session with its first refresh token.
pub(crate) fn open_session<E>(
    transaction: Transaction<E>,
    id: Uuid,
    account: Uuid,
    token: &RefreshToken,
    now: Timestamp,
) -> Transaction<E> {
    let text = "INSERT INTO sessions (id, account_id, created_at, refreshed_at, expires_at) \
                VALUES ($1, $2, $3, $3, $4)";
    let session = statement(text, params![id, account, now, now.plus(LIFETIME)]);
    transaction.execute(session).execute(insert_token(id, token, now))
}

/// A new session that ends by itself, and that nothing prolongs.
pub(crate) fn open_bare_session(id: Uuid, account: Uuid, now: Timestamp, expires_at: Timestamp) -> Statement {
    let text = "INSERT INTO sessions (id, account_id, created_at, refreshed_at, expires_at) \
                VALUES ($1, $2, $3, $3, $4)";
    statement(text, params![id, account, now, expires_at])
}

/// Whether this session of the account is one of an older library's client, whose token names the address: nothing prolongs it.
pub(crate) fn is_bare(id: Uuid, account: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT s.id FROM sessions s WHERE s.id = $1 AND s.account_id = $2 \
                AND NOT EXISTS (SELECT t.digest FROM refresh_tokens t WHERE t.session_id = s.id)";
    Ok(query_optional::<(Uuid,)>(statement(text, params![id, account]))?.is_some())
}

/// Whether there is such a session that lasts.
pub(crate) fn lasts(id: Uuid, now: Timestamp) -> Result<bool, SqlError> {
    let text = "SELECT id FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2";
    Ok(query_optional::<(Uuid,)>(statement(text, params![id, now]))?.is_some())
}

/// When a session began, and when it ended, if it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    pub(crate) created_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}
from_row!(Lifetime { created_at, ended_at });

/// The session of the account with this id, if there is one.
pub(crate) fn lifetime(id: Uuid, account: Uuid) -> Result<Option<Lifetime>, SqlError> {
    let text = "SELECT created_at, ended_at FROM sessions WHERE id = $1 AND account_id = $2";
    query_optional(statement(text, params![id, account]))
}

/// Exchanges a refresh token for the next one of its session. Statement 0 misses its row when the
/// token was used meanwhile, statement 1 when the session has ended.
pub(crate) fn rotate<E>(
    transaction: Transaction<E>,
    session: Uuid,
    old: &RefreshToken,
    new: &RefreshToken,
    exchange: &Exchange,
) -> Transaction<E> {
    let now = exchange.at;
    let used = "UPDATE refresh_tokens SET used_at = $2, used_with = $3 WHERE digest = $1 AND used_at IS NULL";
    let refreshed =
        "UPDATE sessions SET refreshed_at = $2, expires_at = $3 WHERE id = $1 AND ended_at IS NULL";
    transaction
        .execute(statement(used, params![old.digest(), now, exchange.key.as_deref()]).expect_rows(1))
        .execute(statement(refreshed, params![session, now, now.plus(LIFETIME)]).expect_rows(1))
        .execute(insert_token(session, new, now))
}

fn insert_token(session: Uuid, token: &RefreshToken, now: Timestamp) -> Statement {
    let text =
        "INSERT INTO refresh_tokens (digest, session_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)";
    statement(text, params![token.digest(), session, now, now.plus(LIFETIME)])
}

/// An account's sessions that last, newest first.
pub(crate) fn live_sessions(account: Uuid, now: Timestamp) -> Result<Vec<Session>, SqlError> {
    let text = "SELECT id, created_at, refreshed_at, expires_at FROM sessions \
                WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id DESC";
    query_all(statement(text, params![account, now]))
}

/// Ends one session of an account. The last statement misses its row when there is no such session
/// that lasts.
pub(crate) fn end_session<E>(
    transaction: Transaction<E>,
    account: Uuid,
    session: Uuid,
    now: Timestamp,
    reason: EndReason,
) -> Transaction<E> {
    let text = "UPDATE sessions SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
    let ended = SessionsEnded { user_id: account.into(), session_ids: vec![session], ended_at: now, reason };
    tell(transaction, &ended).execute(statement(text, params![session, account, now])).expect_rows(1)
}

/// Ends every session of an account. The transaction misses an expectation when the account's
/// sessions changed meanwhile.
pub(crate) fn end_all_sessions<E>(
    transaction: Transaction<E>,
    account: Uuid,
    now: Timestamp,
    reason: EndReason,
) -> Result<Transaction<E>, SqlError> {
    end_sessions_but(transaction, account, None, now, reason)
}

/// The same, but for one of them.
pub(crate) fn end_sessions_but<E>(
    transaction: Transaction<E>,
    account: Uuid,
    kept: Option<Uuid>,
    now: Timestamp,
    reason: EndReason,
) -> Result<Transaction<E>, SqlError> {
    let text = "UPDATE sessions SET ended_at = $2 \
                WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND id <> $3";
    let session_ids: Vec<Uuid> = live_sessions(account, now)?
        .into_iter()
        .map(|session| session.id)
        .filter(|session| Some(*session) != kept)
        .collect();
    // Also when there are none: one that is opened at this moment must not escape.
    let count = u32::try_from(session_ids.len()).unwrap_or(u32::MAX);
    let ended = statement(text, params![account, now, kept.unwrap_or_default()]);
    let transaction = transaction.execute(ended).expect_rows(count);
    if session_ids.is_empty() {
        return Ok(transaction);
    }
    Ok(tell(transaction, &SessionsEnded { user_id: account.into(), session_ids, ended_at: now, reason }))
}

/// Says so to the other services, and to the hosts, which end the sessions' streams.
fn tell<E>(transaction: Transaction<E>, ended: &SessionsEnded) -> Transaction<E> {
    let channel = Channel::of("sessions", ended.user_id);
    let told = ended.session_ids.chunks(AT_ONCE).map(|session_ids| StreamsEnd { session_ids });
    told.fold(transaction.publish(ended), |transaction, told| transaction.announce(&channel, &told))
}
