//! A person's data is to be erased.
//!
//! A service says `erase` among what it does [`on`](crate::service!) events:
//!
//! ```
//! use lyceum_kit::prelude::*;
//!
//! // migrations: [.., "0004-erased" = lyceum_kit::erasure::ERASED], on: { erase: store::erase },
//! fn erase(user_id: UserId) -> [Statement; 1] {
//!     [statement("DELETE FROM loans WHERE user_id = $1", params![user_id])]
//! }
//! ```
//!
//! Or, where that isn't enough, what adds to the transaction and may fail: see [`Erase`].
//!
//! The same transaction notes the person among those whose data was erased, and publishes [`ErasureAnswered`]. Events
//! about the person may still come afterwards, or again: what makes something of them asks [`is_erased`], and has
//! [`unless_erased`] in its transaction.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    clock::{self, Timestamp},
    event::{Event, EventError, Received},
    once::{Silent, WithoutOnce},
    params,
    sql::{Begin as _, SqlError, Statement, Transaction, query_optional, statement},
    subscription::Subscription,
    user_id::UserId,
};

/// The migration that makes the table of people whose data was erased:
/// `migrations: ["0001-books", "0002-erased" = ERASED]`.
pub const ERASED: &str = include_str!("../migrations/erased.sql");

/// A person's data is to be erased, by every service that has some.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ErasureRequested {
    /// Names the request in all answers.
    pub erasure_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

impl Event for ErasureRequested {
    const KIND: &'static str = "lyceum.users.ErasureRequested.v1";
    const AGGREGATE_TYPE: &'static str = "user";
    fn aggregate_id(&self) -> String {
        self.user_id.to_string()
    }
}

/// A service has nothing of the person any more. Every service that erases publishes this kind.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ErasureAnswered {
    /// The request.
    pub erasure_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// The service, such as `files`.
    pub service: String,
    /// When it had erased all.
    pub erased_at: Timestamp,
}

impl Event for ErasureAnswered {
    const KIND: &'static str = "lyceum.platform.ErasureAnswered.v1";
    const AGGREGATE_TYPE: &'static str = "user";
    fn aggregate_id(&self) -> String {
        self.user_id.to_string()
    }
}

/// What a service does to erase a person's data: one of two functions.
/// - `fn(UserId) -> impl IntoIterator<Item = Statement>` gives the statements that do it.
/// - `fn(&Erasure<'_>, Transaction<Silent>) -> Result<Transaction<Silent>, EventError>` adds its statements, and its events
///   if others have to know. What does not fit into one transaction, such as many rows or objects, it does before, so that
///   it can be repeated; while something is left, it fails.
pub trait Erase<Kind> {
    /// Adds to the transaction that erases.
    #[doc(hidden)]
    fn add(
        self,
        erasure: &Erasure<'_>,
        transaction: Transaction<Silent>,
    ) -> Result<Transaction<Silent>, EventError>;
}

/// Tells functions that give statements from the others.
#[doc(hidden)]
#[derive(Debug)]
pub enum GivesStatements {}

/// Tells functions that add to the transaction from the others.
#[doc(hidden)]
#[derive(Debug)]
pub enum AddsToTransaction {}

impl<F, S> Erase<GivesStatements> for F
where
    F: FnOnce(UserId) -> S,
    S: IntoIterator<Item = Statement>,
{
    fn add(
        self,
        erasure: &Erasure<'_>,
        transaction: Transaction<Silent>,
    ) -> Result<Transaction<Silent>, EventError> {
        Ok(transaction.execute_all(self(erasure.user_id())))
    }
}

impl<F> Erase<AddsToTransaction> for F
where
    F: FnOnce(&Erasure<'_>, Transaction<Silent>) -> Result<Transaction<Silent>, EventError>,
{
    fn add(
        self,
        erasure: &Erasure<'_>,
        transaction: Transaction<Silent>,
    ) -> Result<Transaction<Silent>, EventError> {
        self(erasure, transaction)
    }
}

/// A request for a person's data to be erased.
#[derive(Debug)]
pub struct Erasure<'e> {
    received: &'e Received,
    requested: ErasureRequested,
}

impl Erasure<'_> {
    /// The person.
    pub fn user_id(&self) -> UserId {
        self.requested.user_id
    }

    /// For what is done before, in transactions of its own; it may be done again.
    pub fn without_once(&self) -> WithoutOnce {
        self.received.without_once()
    }
}

/// Called by [`service!`](crate::service!).
#[doc(hidden)]
pub const fn subscription(handler: fn(&Received) -> Result<(), EventError>) -> Subscription {
    Subscription::reaction::<ErasureRequested>(handler)
}

/// Called by [`service!`](crate::service!).
#[doc(hidden)]
pub fn handle<Kind>(received: &Received, erase: impl Erase<Kind>) -> Result<(), EventError> {
    let erasure = Erasure { received, requested: received.decode()? };
    let ErasureRequested { erasure_id, user_id, .. } = erasure.requested;
    let erased_at = clock::now();
    let service = received.service().to_owned();
    let noted =
        "INSERT INTO erased_people (user_id, erased_at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING";
    erase
        .add(&erasure, received.begin())?
        .execute(statement(noted, params![user_id, erased_at]))
        .publish(&ErasureAnswered { erasure_id, user_id, service, erased_at })
        .commit()?;
    Ok(())
}

/// Whether this person's data was erased here.
pub fn is_erased(user_id: UserId) -> Result<bool, SqlError> {
    Ok(query_optional::<(Timestamp,)>(find(user_id))?.is_some())
}

/// Fails the transaction if this person's data was erased here.
pub fn unless_erased(user_id: UserId) -> Statement {
    find(user_id).expect_rows(0)
}

fn find(user_id: UserId) -> Statement {
    statement("SELECT erased_at FROM erased_people WHERE user_id = $1", params![user_id])
}
