//! Sagas: work over several services that ends as a whole, or is taken back.
//!
//! A saga belongs to one service, which has its row in a table of its own (the migration [`SAGAS`]). Its steps are
//! functions with names. Whatever a step writes and publishes is committed together with the move of the saga's row, so
//! that nothing is lost or done twice between two steps, wherever the process dies; a step that calls another service
//! does so under [`Turn::key`], so that the call may be repeated.
//!
//! ```
//! use lyceum_kit::{prelude::*, saga::{Next, Saga, Step, StepError, Turn}};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Enrolment { course_id: Uuid }
//! # #[derive(Serialize)] struct ReserveSeat { saga_id: Uuid, course_id: Uuid }
//! # impl Event for ReserveSeat {
//! #     const KIND: &'static str = "lyceum.enrolments.ReserveSeat.v1";
//! #     const AGGREGATE_TYPE: &'static str = "course";
//! #     fn aggregate_id(&self) -> String { self.course_id.to_string() }
//! # }
//!
//! static ENROLMENT: Saga<Enrolment> = Saga::new("enrolment", &[
//!     Step::new("reserve", reserve).undo(release),
//!     Step::new("confirm", confirm),
//! ]);
//!
//! // Publishes a command, and waits for its answer, which comes as an event.
//! fn reserve(turn: &mut Turn<Enrolment>) -> Result<Next, StepError> {
//!     turn.publish(&ReserveSeat { saga_id: turn.id(), course_id: turn.data.course_id });
//!     Ok(Next::Answer)
//! }
//! # fn release(_: &mut Turn<Enrolment>) -> Result<Next, StepError> { Ok(Next::Done) }
//! # fn confirm(_: &mut Turn<Enrolment>) -> Result<Next, StepError> { Ok(Next::Done) }
//! # #[derive(Deserialize)] struct Answer { saga_id: Uuid, full: bool }
//!
//! // In the handler of the answer's kind. An answer that comes twice, or too late, changes nothing.
//! fn seat_answered(received: &Received, answer: Answer) -> Result<(), EventError> {
//!     ENROLMENT.answered(received, answer.saga_id, "reserve", |_| {
//!         if answer.full { Err(StepError::refused(&Problem::conflict("FULL", "No seats left."))) } else { Ok(Next::Done) }
//!     })
//! }
//! ```
//!
//! A request begins one by [`Saga::start`] in its own transaction, and then calls [`Saga::advance`]; what that doesn't
//! come to, the tick of the minute does, for which [`run_due`] is a periodic job.
//!
//! # What becomes of a step that fails
//!
//! | | then |
//! |---|---|
//! | [`StepError::refused`] | the steps before it are taken back, the last one first |
//! | unavailable | is tried again, after growing waits, to the saga's deadline |
//! | failed, or no answer in time | is tried again, five times or to the deadline |
//!
//! After that the saga is *stuck*: the log says so, administrators find it in the list, and it is tried again six times,
//! after waits from five minutes to an hour. Then it is taken back, that step first, since nobody knows whether it was
//! done: a compensation must bear that what it takes back was never done. A step that is [`Step::retriable`] is never
//! taken back, nor any before it: the saga stays stuck, and is tried again every hour. So does one whose compensation
//! fails.

mod record;
mod routes;
mod run;
mod start;
mod step;
mod turn;

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

pub use record::State;
pub use routes::{SagaView, routes};
pub use run::{Runs, run_due};
pub use start::Started;
pub use step::{Act, Step, StepError};
pub use turn::{Next, Turn};

/// The migration that makes the table of sagas: `migrations: ["0001-books", "0002-sagas" = lyceum_kit::saga::SAGAS]`.
pub const SAGAS: &str = include_str!("../migrations/sagas.sql");

/// How long a saga takes at most, if it doesn't say: a day.
const WITHIN: Duration = Duration::from_hours(24);

/// What a saga knows, kept as JSON: what it needs for all its steps, and no more of a person than it must.
pub trait Data: Serialize + DeserializeOwned + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Send + 'static> Data for T {}

/// A saga as it is declared: its name, which is never changed, and its steps.
#[derive(Debug)]
pub struct Saga<D: 'static> {
    name: &'static str,
    steps: &'static [Step<D>],
    within: Duration,
}

impl<D: Data> Saga<D> {
    /// A saga of these steps, at least one. Steps may be added and moved in later releases; one that is removed leaves
    /// those sagas stuck that are at it.
    pub const fn new(name: &'static str, steps: &'static [Step<D>]) -> Self {
        Self { name, steps, within: WITHIN }
    }

    /// It must have come to its end by then, or it is stuck; a day if not said.
    #[must_use]
    pub const fn within(self, limit: Duration) -> Self {
        Self { within: limit, ..self }
    }
}
