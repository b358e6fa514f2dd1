//! The erasure of a person: who may refuse is asked, their account is closed, every service that has something of theirs erases
//! it, and it ends when all have answered.
//!
//! Two may refuse: lendings, while the person has copies or owes fines, and auth, if they are the last administrator. Each of them
//! sees to it that this stays so once it has agreed. Lendings is the first, since who is refused by it is not even signed out.

use std::time::Duration;

use lyceum_event_types::{platform::ErasureAnswered, users::ErasureRequested};
use lyceum_kit::{
    config::ConfigError,
    http::{CallError, Service},
    prelude::*,
    saga::{self, Next, Saga, Started, Step, StepError, Turn},
};
use serde::{Deserialize, Serialize};

/// The variable that names the services that erase, with blanks between.
const SERVICES: &str = "erasing_services";
/// Who knows whether the person is needed, and signs them out.
const AUTH: &str = "auth";
/// Who knows whether the person has or owes something of the library's.
const LENDINGS: &str = "lendings";
/// How long a request waits for what is decided later all the same.
const CHECK_WITHIN: Duration = Duration::from_secs(2);

/// Once the services are to erase there is no way back: those that have not answered are asked again until they do.
static ERASURE: Saga<Erasing> = Saga::new(
    "erasure",
    &[
        Step::new("settle", settle).undo(unsettle),
        Step::new("close", close).undo(reopen),
        Step::new("ask", ask).retriable().answer_within(Duration::from_hours(1)),
    ],
)
.within(Duration::from_hours(24));

/// Goes on with those that are due.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    saga::run_due(by, &[&ERASURE])
}

#[derive(Deserialize, Serialize)]
struct Erasing {
    user_id: UserId,
    requested_at: Timestamp,
}

/// The one of this person that has not ended.
pub(crate) fn under_way(user_id: UserId) -> Result<Option<Started>, SqlError> {
    ERASURE.under_way(user_id)
}

/// Begins it, unless somebody says already that the person can't go.
pub(crate) fn begin(context: &Context, user_id: UserId) -> Result<Response, Problem> {
    if lends()? {
        check(LENDINGS, &format!("/borrowers/{user_id}/erasures"))?;
    }
    check(AUTH, &format!("/accounts/{user_id}/erasures"))?;
    let saga = ERASURE.start(&Erasing { user_id, requested_at: clock::now() })?.about(user_id);
    let taken = || Problem::conflict("ERASURE_UNDER_WAY", "Somebody has just asked for the same.");
    let transaction = context.begin().execute(saga.insert()).on_unique("sagas.name,subject", taken);
    let answer = transaction.respond(saga.accepted()).commit()?;
    ERASURE.advance(saga.id());
    Ok(answer)
}

/// Fails if that service refuses. One that doesn't answer is asked again by a step.
fn check(service: &str, path: &str) -> Result<(), Problem> {
    match Service::new(service).within(CHECK_WITHIN).get::<()>(path) {
        Err(CallError::Refused(refusal)) if refusal.status == StatusCode::CONFLICT => {
            Err(refusal.to_problem())
        }
        _ => Ok(()),
    }
}

/// Whether there is a service that lends.
fn lends() -> Result<bool, ConfigError> {
    Ok(config::required(SERVICES)?.split_whitespace().any(|service| service == LENDINGS))
}

fn borrower(turn: &Turn<Erasing>) -> String {
    format!("/borrowers/{}/erasures/{}", turn.data.user_id, turn.id())
}

/// The person has and owes nothing, and borrows nothing any more; else lendings refuses.
fn settle(turn: &mut Turn<Erasing>) -> Result<Next, StepError> {
    if lends().map_err(StepError::failed)? {
        Service::new(LENDINGS).put::<_, ()>(&borrower(turn), &())?;
    }
    Ok(Next::Done)
}

/// Nobody knows whether lendings agreed: they may borrow again.
fn unsettle(turn: &mut Turn<Erasing>) -> Result<Next, StepError> {
    if lends().map_err(StepError::failed)? {
        Service::new(LENDINGS).delete::<()>(&borrower(turn))?;
    }
    Ok(Next::Done)
}

fn account(turn: &Turn<Erasing>) -> String {
    format!("/accounts/{}/erasures/{}", turn.data.user_id, turn.id())
}

/// The person can't sign in any more, unless they are the last administrator: then auth refuses.
fn close(turn: &mut Turn<Erasing>) -> Result<Next, StepError> {
    Service::new(AUTH).put::<_, ()>(&account(turn), &())?;
    Ok(Next::Done)
}

/// Nobody knows whether the account was closed: it stays.
fn reopen(turn: &mut Turn<Erasing>) -> Result<Next, StepError> {
    Service::new(AUTH).delete::<()>(&account(turn))?;
    Ok(Next::Done)
}

/// Asks all; again if some have not answered, of whom the others know that they have. Who is no longer there is not waited
/// for.
fn ask(turn: &mut Turn<Erasing>) -> Result<Next, StepError> {
    let services = config::required(SERVICES).map_err(StepError::failed)?;
    let asked = turn.waiting_for();
    let waits = |service: &&str| asked.is_empty() || asked.iter().any(|waited| waited == service);
    let missing: Vec<String> = services.split_whitespace().filter(waits).map(ToOwned::to_owned).collect();
    let next = if missing.is_empty() { Next::Done } else { Next::Answer };
    turn.wait_for(missing);
    if next == Next::Answer {
        let Erasing { user_id, requested_at } = turn.data;
        turn.publish(&ErasureRequested { erasure_id: turn.id(), user_id, requested_at });
    }
    Ok(next)
}

/// Notes that a service has nothing of the person any more.
pub(crate) fn answered(received: &Received, answer: &ErasureAnswered) -> Result<(), EventError> {
    ERASURE.answered(received, answer.erasure_id, "ask", |turn| {
        let others = |service: &&String| **service != answer.service;
        let missing: Vec<String> = turn.waiting_for().iter().filter(others).cloned().collect();
        let next = if missing.is_empty() { Next::Done } else { Next::Answer };
        turn.wait_for(missing);
        Ok(next)
    })
}
