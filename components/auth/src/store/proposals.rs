//! Accounts that another service makes together with something of its own.

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::{prelude::*, text_enum};

use super::insert;
use crate::domain::address::Address;

text_enum! {
    /// How far an account is that another service makes.
    pub(crate) enum State {
        /// Nobody has it yet, and nothing is held for it.
        Proposed = "proposed",
        /// Its address is held for it.
        Reserved = "reserved",
        /// It is never made.
        Withdrawn = "withdrawn",
    }
}

/// An account as it is wanted.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) password_hash: String,
    pub(crate) display_name: String,
    pub(crate) state: State,
}

/// Whose an account is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Holder {
    /// Its owner's: it is open.
    Owner,
    /// Nobody's yet: it is reserved for this saga.
    Saga(Uuid),
}

from_row!(Proposal { id, email, email_folded, password_hash, display_name, state });

/// What another service makes is a reader's account.
pub(crate) fn roles() -> Roles {
    Roles::new([Role::Reader])
}

/// Notes a proposal, unless there is one of this id, or was one that is withdrawn.
pub(crate) fn propose(
    id: Uuid,
    email: &Address,
    hash: &str,
    display_name: &str,
    now: Timestamp,
) -> Statement {
    let text = "INSERT INTO proposed_accounts \
                (id, email, email_folded, password_hash, display_name, state, changed_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let state = State::Proposed;
    statement(text, params![id, email.as_str(), email.folded(), hash, display_name, state, now])
}

/// The proposal of this id, also one that is withdrawn.
pub(crate) fn proposal(id: Uuid) -> Result<Option<Proposal>, SqlError> {
    let text = "SELECT id, email, email_folded, password_hash, display_name, state \
                FROM proposed_accounts WHERE id = $1";
    query_optional(statement(text, params![id]))
}

/// Whose the account of this id is, if there is one.
pub(crate) fn holder(id: Uuid) -> Result<Option<Holder>, SqlError> {
    let text = "SELECT saga_id FROM accounts WHERE id = $1";
    let found = query_optional(statement(text, params![id]))?;
    Ok(found.map(|(saga_id,): (Option<Uuid>,)| saga_id.map_or(Holder::Owner, Holder::Saga)))
}

/// Reserves the account, and with it the address: expect one row of the first. Not unique: `accounts.email_folded`.
pub(crate) fn reserve(proposal: &Proposal, saga_id: Uuid, now: Timestamp) -> [Statement; 2] {
    let text = "UPDATE proposed_accounts SET state = $2, changed_at = $3 WHERE id = $1 AND state = $4";
    let Proposal { id, email, email_folded, password_hash, display_name, .. } = proposal;
    [
        statement(text, params![*id, State::Reserved, now, State::Proposed]).expect_rows(1),
        insert(
            (*id).into(),
            (email, email_folded),
            display_name,
            password_hash,
            &roles(),
            Some(saga_id),
            now,
        ),
    ]
}

/// Gives the account up, and frees its address. What comes later makes nothing of it.
pub(crate) fn withdraw(id: Uuid, saga_id: Uuid, now: Timestamp) -> [Statement; 2] {
    let text = "INSERT INTO proposed_accounts \
                (id, email, email_folded, password_hash, display_name, state, changed_at) \
                VALUES ($1, $2, $2, $2, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET email = excluded.email, \
                email_folded = excluded.email_folded, password_hash = excluded.password_hash, \
                display_name = excluded.display_name, state = excluded.state, changed_at = excluded.changed_at";
    [
        statement("DELETE FROM accounts WHERE id = $1 AND saga_id = $2", params![id, saga_id]),
        statement(text, params![id, "", State::Withdrawn, now]),
    ]
}

/// Opens the account, and tells of it; misses its row if it isn't reserved for this saga any more.
pub(crate) fn open<E>(transaction: Transaction<E>, user: &UserCreated, saga_id: Uuid) -> Transaction<E> {
    let text = "UPDATE accounts SET saga_id = NULL, created_at = $3, updated_at = $3 \
                WHERE id = $1 AND saga_id = $2";
    transaction
        .execute(statement("DELETE FROM proposed_accounts WHERE id = $1", params![user.user_id]))
        .execute(statement(text, params![user.user_id, saga_id, user.created_at]))
        .expect_rows(1)
        .publish(user)
}
