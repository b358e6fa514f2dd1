//! The erasure of a person: their account is closed, every service that has something of theirs is asked, and it ends when
//! all have answered.

use std::time::Duration;

use lyceum_event_types::{platform::ErasureAnswered, users::ErasureRequested};
use lyceum_kit::{
    http::{CallError, Service},
    prelude::*,
    saga::{self, Next, Saga, Started, Step, StepError, Turn},
};
use serde::{Deserialize, Serialize};

/// The variable that names the services that erase, with blanks between.
const SERVICES: &str = "erasing_services";
/// Who knows whether the person may go, and signs them out.
const AUTH: &str = "auth";
/// How long a request waits for what is decided later all the same.
const CHECK_WITHIN: Duration = Duration::from_secs(2);

/// Once the services are asked there is no way back: those that have not answered are asked again until they do.
static ERASURE: Saga<Erasing> = Saga::new(
    "erasure",
    &[
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

/// Begins it, unless auth says already that the person can't go.
pub(crate) fn begin(context: &Context, user_id: UserId) -> Result<Response, Problem> {
    let auth = Service::new(AUTH).within(CHECK_WITHIN);
    if let Err(CallError::Refused(refusal)) = auth.get::<()>(&format!("/accounts/{user_id}/erasures"))
        && refusal.status == StatusCode::CONFLICT
    {
        return Err(refusal.to_problem());
    }
    let saga = ERASURE.start(&Erasing { user_id, requested_at: clock::now() })?.about(user_id);
    let taken = || Problem::conflict("ERASURE_UNDER_WAY", "Somebody has just asked for the same.");
    let transaction = context.begin().execute(saga.insert()).on_unique("sagas.name,subject", taken);
    let answer = transaction.respond(saga.accepted()).commit()?;
    ERASURE.advance(saga.id());
    Ok(answer)
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
