//! Moves sagas on: by answers, and by the tick.

use std::{thread, time::Duration};

use uuid::Uuid;

use super::{Data, Next, Saga, StepError, Turn, record::Record};
use crate::{
    clock,
    context::Context,
    event::{EventError, Received},
    log,
    once::{Silent, WithoutOnce},
    params, periodic,
    sql::{
        Begin as _, SqlError, Table as _, Transaction, TransactionError, Versioned as _, query_all,
        query_optional, statement, until_taken,
    },
};

/// How long a saga that has ended can still be looked at: 90 days.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// A saga, whatever it knows: see [`run_due`].
pub trait Runs: Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Does what is due. Fails only if that can't be written down.
    #[doc(hidden)]
    fn run(&self, record: Record) -> Result<(), EventError>;
}

/// Moves on all of this service's sagas that are due, and forgets those that ended 90 days ago: a periodic job for every
/// minute, `every(minutes(1), "sagas", |by| saga::run_due(by, &[&ENROLMENT]))`.
pub fn run_due(by: &WithoutOnce, sagas: &[&dyn Runs]) -> Result<(), EventError> {
    let now = clock::now();
    let next = |last: Option<&Record>| {
        let after = last.map_or((i64::MIN, String::new()), |last| {
            (last.due_at.map_or(i64::MIN, clock::Timestamp::as_micros), last.id.to_string())
        });
        let rest = "WHERE due_at <= $1 AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4";
        Ok(query_all(Record::select(rest, params![now, after.0, after.1, i64::from(periodic::BATCH)]))?)
    };
    let run = |record: &Record| {
        let saga = sagas.iter().find(|saga| saga.name() == record.name);
        saga.ok_or_else(|| EventError::failed("there is no such saga any more"))?.run(record.clone())
    };
    periodic::each(|record| format!("saga {} {}", record.name, record.id), next, run)?;
    forget(by, now)
}

fn forget(by: &WithoutOnce, now: clock::Timestamp) -> Result<(), EventError> {
    let before = now.minus(KEPT);
    // There is nothing to be written most of the time.
    let old =
        statement("SELECT id FROM sagas WHERE ended_at < $1 ORDER BY ended_at LIMIT 1", params![before]);
    if query_optional::<(Uuid,)>(old)?.is_some() {
        by.begin().execute(statement("DELETE FROM sagas WHERE ended_at < $1", params![before])).commit()?;
    }
    Ok(())
}

/// What the instance works on meanwhile.
struct Entered(Context);

impl Entered {
    fn new(context: &Context) -> Self {
        let before = Context::current();
        context.enter();
        Self(before)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.enter();
    }
}

/// How an attempt to write down a move ended.
enum Written {
    Moved,
    /// Somebody else moved the saga meanwhile.
    Overtaken,
}

fn write(
    transaction: Transaction<Silent>,
    before: u32,
    record: &mut Record,
) -> Result<Written, TransactionError> {
    record.version += 1;
    record.updated_at = clock::now();
    match transaction.execute(record.update()).commit() {
        Ok(_) => Ok(Written::Moved),
        Err(TransactionError::Sql(SqlError::Expectation(index))) if index == before => Ok(Written::Overtaken),
        Err(error) => Err(error),
    }
}

pub(super) fn find(name: &str, id: Uuid) -> Result<Option<Record>, SqlError> {
    query_optional(Record::select("WHERE id = $1 AND name = $2", params![id, name]))
}

impl<D: Data> Saga<D> {
    /// Does what is due of the saga with this id: call it after the commit that began it. What can't be done now is left
    /// to the tick.
    pub fn advance(&self, id: Uuid) {
        let advanced = find(self.name, id).map_err(EventError::from).and_then(|record| match record {
            Some(record) => self.run(record),
            None => Ok(()),
        });
        if let Err(error) = advanced {
            log::warn(format!("saga {} {id} goes on later: {error}", self.name));
        }
    }

    /// Takes the answer to a step, which came as an event: `take` looks at it and says whether the step is done, waits
    /// for another answer, or was refused. All that it writes and publishes is committed with the event's once key. An
    /// answer that the saga with this id doesn't wait for, or no longer, changes nothing; neither does one of another
    /// service's saga.
    pub fn answered(
        &self,
        received: &Received,
        id: Uuid,
        step: &str,
        take: impl FnOnce(&mut Turn<D>) -> Result<Next, StepError>,
    ) -> Result<(), EventError> {
        self.hear(received, id, (step, false), take)
    }

    /// Takes the answer to what takes a step back, as [`Saga::answered`] does.
    pub fn undo_answered(
        &self,
        received: &Received,
        id: Uuid,
        step: &str,
        take: impl FnOnce(&mut Turn<D>) -> Result<Next, StepError>,
    ) -> Result<(), EventError> {
        self.hear(received, id, (step, true), take)
    }

    fn hear(
        &self,
        received: &Received,
        id: Uuid,
        (step, backward): (&str, bool),
        take: impl FnOnce(&mut Turn<D>) -> Result<Next, StepError>,
    ) -> Result<(), EventError> {
        let record = find(self.name, id)?.filter(|record| record.waits_for(step, backward));
        let Some(mut record) = record else { return Ok(()) };
        let data = self.data(&record).map_err(EventError::failed)?;
        let mut turn = Turn::new(data, record.clone(), received.begin());
        let written = match take(&mut turn) {
            Ok(next) => self.finish(turn, next, true)?,
            Err(error @ StepError::Refused(_)) => {
                drop(turn);
                record.step_refused(self.steps, &error, clock::now());
                write(received.begin(), 0, &mut record)?
            }
            Err(StepError::Unavailable(reason)) => return Err(EventError::Unavailable(reason)),
            Err(StepError::Failed(reason)) => return Err(EventError::Failed(reason)),
        };
        if matches!(written, Written::Overtaken) {
            // Delivered again, it is held against what the saga is then.
            return Err(EventError::unavailable(format!("saga {id} was moved at the same time")));
        }
        self.advance(id);
        Ok(())
    }

    fn data(&self, record: &Record) -> Result<D, StepError> {
        serde_json::from_str(&record.data).map_err(|error| {
            StepError::failed(format!("what saga {} knows can't be read: {error}", self.name))
        })
    }

    /// Commits what a turn did, and moves the saga.
    fn finish(&self, turn: Turn<D>, next: Next, answers: bool) -> Result<Written, TransactionError> {
        let Turn { data, mut record, transaction, statements, .. } = turn;
        let Some(transaction) = transaction else { return Err(lost("the transaction")) };
        record.data = serde_json::to_string(&data).map_err(|error| lost(&error.to_string()))?;
        let now = clock::now();
        let step = self.steps.iter().find(|step| step.name == record.step);
        match (next, step) {
            (Next::Done, _) => record.step_done(self.steps, now),
            // It waits on as it did.
            (Next::Answer, _) if answers => {}
            (Next::Answer, Some(step)) => record.step_waits(step, now),
            (Next::Answer, None) => return Err(lost("the step")),
        }
        let written = write(transaction, statements, &mut record)?;
        if record.ended_at.is_some() {
            log::info(format!("saga {} {} is {}", record.name, record.id, record.state));
        }
        Ok(written)
    }

    /// Does the step, or takes it back.
    fn act(&self, record: &Record, by: &WithoutOnce) -> Result<Written, StepError> {
        let missing = || StepError::failed(format!("there is no step {} any more", record.step));
        let step = self.steps.iter().find(|step| step.name == record.step).ok_or_else(missing)?;
        let act = if record.backward { step.undo.ok_or_else(missing)? } else { step.act };
        // What takes a number is done again with the next one if somebody else was quicker.
        until_taken(
            || {
                let mut turn = Turn::new(self.data(record)?, record.clone(), by.begin());
                let next = act(&mut turn)?;
                Ok(self.finish(turn, next, false))
            },
            thread::sleep,
        )
    }
}

fn lost(what: &str) -> TransactionError {
    TransactionError::Event(format!("a saga's turn lost {what}"))
}

impl<D: Data> Runs for Saga<D> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, mut record: Record) -> Result<(), EventError> {
        let context = record.context();
        let _entered = Entered::new(&context);
        let by = context.without_once();
        while record.is_due(clock::now()) {
            if record.waiting {
                let before = (record.state, record.backward);
                record.step_failed(self.steps, &record.no_answer(), clock::now());
                if (record.state, record.backward) != before {
                    if matches!(write(by.begin(), 0, &mut record)?, Written::Overtaken) {
                        return Ok(());
                    }
                    continue;
                }
            }
            let written = match self.act(&record, &by) {
                Ok(written) => written,
                Err(error) => {
                    let now = clock::now();
                    match &error {
                        StepError::Refused(_) => record.step_refused(self.steps, &error, now),
                        _ => record.step_failed(self.steps, &error, now),
                    }
                    write(by.begin(), 0, &mut record)?
                }
            };
            if matches!(written, Written::Overtaken) {
                return Ok(());
            }
            match find(self.name, record.id)? {
                Some(found) => record = found,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}
