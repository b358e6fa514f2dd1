//! Somebody becomes a reader who has no account yet: account and record are both there at the end, or neither.
//!
//! Auth alone learns the password, and is told how the account is to be before the saga begins; what nobody goes on with is
//! forgotten there. Then the address is reserved, which can be taken back. From there on nothing is refused any more: the
//! account is opened, and the record is added in the transaction that ends the saga.

use std::time::Duration;

use lyceum_kit::erasure;
use lyceum_kit::http::{CallError, Refusal, Service};
use lyceum_kit::prelude::*;
use lyceum_kit::saga::{self, Next, Saga, Step, StepError, Turn};
use lyceum_kit::sql::Table as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::{self, AUTH};
use crate::domain::{Reader, fields};
use crate::photos::PHOTOS;
use crate::{events, store};

static JOINING: Saga<Joining> = Saga::new(
    "joining",
    &[
        Step::new("begin", begun).undo(forget),
        Step::new("reserve", reserve).undo(withdraw),
        Step::new("add", add).retriable(),
    ],
)
.within(Duration::from_hours(24));

/// Goes on with those that are due.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    saga::run_due(by, &[&JOINING])
}

/// The account that a reader gets. They sign in with the record's address.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// 12 to 128 characters, none of the common ones, without the person's name or address.
    #[schema(example = "horse battery staple", min_length = 12, max_length = 128, format = Password)]
    password: String,
}

#[derive(Deserialize, Serialize)]
struct Joining {
    user_id: UserId,
    /// The record, until it is added or given up.
    reader: Option<Reader>,
}

/// Begins it, unless auth says already that there can't be such an account.
pub(crate) fn begin(context: &Context, reader: Reader, account: &NewAccount) -> Result<Response, Problem> {
    account::propose(&reader, &account.password).map_err(|error| match error {
        CallError::Refused(refusal) => refused(&refusal),
        error => error.into(),
    })?;
    let about = reader.id;
    let saga = JOINING.start(&Joining { user_id: reader.user_id, reader: Some(reader) })?.about(about);
    let answer = context.begin().execute(saga.insert()).respond(saga.accepted()).commit()?;
    JOINING.advance(saga.id());
    Ok(answer)
}

/// How a saga ended that a request waits for.
pub(crate) enum Ended {
    /// Account and record are there.
    Added(Box<Reader>),
    /// It goes on by itself.
    UnderWay,
    /// Neither is there.
    TakenBack,
}

/// The same for a request that is answered with the record; the account was proposed. The record's photo is the saga's from
/// here on, however long it takes.
pub(crate) fn at_once(context: &Context, reader: Reader) -> Result<Ended, Problem> {
    let about = reader.id;
    let photo = PHOTOS.replace(None, reader.photo.as_ref());
    let saga = JOINING.start(&Joining { user_id: reader.user_id, reader: Some(reader) })?.about(about);
    match context.without_once().begin().execute(saga.insert()).execute_all(photo).commit() {
        Ok(_) => JOINING.advance(saga.id()),
        // The same request came at this moment: its saga is this one.
        Err(TransactionError::Sql(SqlError::Unique(columns))) if columns == "sagas.name,subject" => {}
        Err(error) => return Err(error.into()),
    }
    ended(about)
}

/// How far this reader is, who may never have been asked for.
pub(crate) fn ended(about: Uuid) -> Result<Ended, Problem> {
    if let Some(reader) = Reader::find(about)? {
        return Ok(Ended::Added(Box::new(reader)));
    }
    Ok(if JOINING.under_way(about)?.is_some() { Ended::UnderWay } else { Ended::TakenBack })
}

/// What auth finds wrong with the account, said of the fields that were given.
fn refused(refusal: &Refusal) -> Problem {
    let mut problem = refusal.to_problem();
    for field in &refusal.violations {
        let pointer = match field.pointer.as_str() {
            "/password" => "/account/password",
            "/display_name" => "/full_name",
            _ => "/email",
        };
        let known = CODES.iter().find(|code| **code == field.code).copied().unwrap_or("REFUSED");
        problem = problem.with_violation(Violation::new(known, field.message.clone()).at(pointer));
    }
    problem
}

/// What auth says of addresses and passwords.
const CODES: [&str; 7] = [
    "EMAIL_TAKEN",
    "NOT_AN_ADDRESS",
    "PASSWORD_COMMON",
    "PASSWORD_PERSONAL",
    "PASSWORD_REPETITIVE",
    "PASSWORD_TOO_LONG",
    "PASSWORD_TOO_SHORT",
];

fn account_path(turn: &Turn<Joining>, what: &str) -> String {
    account::path(turn.data.user_id, &format!("{what}/{}", turn.id()))
}

/// There is nothing to do but to have something that is taken back last.
#[allow(clippy::unnecessary_wraps, reason = "it is a step")]
fn begun(_: &mut Turn<Joining>) -> Result<Next, StepError> {
    Ok(Next::Done)
}

fn give_up_photo(turn: &mut Turn<Joining>, reader: &Reader) {
    for statement in PHOTOS.replace(reader.photo.as_ref(), None) {
        turn.execute(statement);
    }
}

/// Nothing of the person is kept who is no reader.
#[allow(clippy::unnecessary_wraps, reason = "it is a step")]
fn forget(turn: &mut Turn<Joining>) -> Result<Next, StepError> {
    if let Some(reader) = turn.data.reader.take() {
        give_up_photo(turn, &reader);
    }
    Ok(Next::Done)
}

/// Nobody else gets the address.
fn reserve(turn: &mut Turn<Joining>) -> Result<Next, StepError> {
    Service::new(AUTH).put::<_, ()>(&account_path(turn, "reservations"), &())?;
    Ok(Next::Done)
}

/// Nobody knows whether it was reserved: it is free again, and what comes late reserves nothing.
fn withdraw(turn: &mut Turn<Joining>) -> Result<Next, StepError> {
    Service::new(AUTH).delete::<()>(&account_path(turn, "reservations"))?;
    Ok(Next::Done)
}

/// Opens the account, and adds the record. Who was erased meanwhile gets none.
fn add(turn: &mut Turn<Joining>) -> Result<Next, StepError> {
    Service::new(AUTH).put::<_, ()>(&account_path(turn, "openings"), &())?;
    let Some(reader) = turn.data.reader.take() else { return Ok(Next::Done) };
    if erasure::is_erased(reader.user_id)? {
        give_up_photo(turn, &reader);
        return Ok(Next::Done);
    }
    let number = turn.number(&store::NUMBERS, fields::this_year())?.to_string();
    let now = clock::now();
    let reader = Reader { number, created_at: now, updated_at: now, ..reader };
    turn.execute(erasure::unless_erased(reader.user_id));
    turn.execute(reader.insert());
    for statement in store::named(&reader) {
        turn.execute(statement);
    }
    turn.publish(&events::added(&reader));
    Ok(Next::Done)
}
