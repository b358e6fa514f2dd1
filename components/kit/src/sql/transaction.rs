//! Rows, events and the remembered answer, committed by one host call.

use std::{fmt, marker::PhantomData};

use serde::Serialize;

use super::{Outcome, Rows, SqlError, Statement, TransactionError};
use crate::{
    answer::{self, Remembered},
    event::Event,
    host::{sql, types},
    ids,
    once::{Answering, Cause, Memory, Silent, Writing},
    problem::Problem,
};

type MakeProblem = Box<dyn FnOnce() -> Problem + Send>;

/// Begins transactions: `context.begin()`, `received.begin()`, `context.step("refund").begin()`.
pub trait Begin: Cause {
    /// Begins the transaction of this request, event or step, of which there is one; a second one can't be committed.
    /// One that failed, or was given up, gives its place back.
    fn begin(&self) -> Transaction<Self::Ending> {
        Transaction {
            writing: self.writing(),
            statements: Vec::new(),
            events: Vec::new(),
            unique: Vec::new(),
            missing: Vec::new(),
            number: false,
            unserializable: None,
            ending: PhantomData,
        }
    }
}

impl<C: Cause> Begin for C {}

/// What is to be committed together: for a request, if nothing else is said; `Transaction<Silent>` for an event.
#[must_use = "nothing happens before `commit`"]
pub struct Transaction<E = Answering> {
    writing: Writing,
    statements: Vec<sql::Statement>,
    events: Vec<types::Event>,
    unique: Vec<(&'static str, MakeProblem)>,
    missing: Vec<(usize, MakeProblem)>,
    /// Whether the first statement takes a number.
    number: bool,
    unserializable: Option<String>,
    ending: PhantomData<fn() -> E>,
}

impl<E> fmt::Debug for Transaction<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Transaction");
        debug.field("statements", &self.statements).field("events", &self.events).finish_non_exhaustive()
    }
}

impl<E> Transaction<E> {
    /// Adds a statement.
    pub fn execute(mut self, statement: Statement) -> Self {
        self.statements.push(statement.0);
        self
    }

    /// Adds statements.
    pub fn execute_all(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.statements.extend(statements.into_iter().map(|statement| statement.0));
        self
    }

    /// Fails the transaction unless the last statement changes (or, for a
    /// SELECT, returns) this many rows.
    pub fn expect_rows(mut self, rows: u32) -> Self {
        if let Some(last) = self.statements.last_mut() {
            last.expect_rows = Some(rows);
        }
        self
    }

    /// What to answer when the last statement misses its expected rows; 409 if not said.
    pub fn on_missing(mut self, problem: impl FnOnce() -> Problem + Send + 'static) -> Self {
        self.missing.push((self.statements.len().saturating_sub(1), Box::new(problem)));
        self
    }

    /// What to answer when `table.column[,column]` would no longer be unique; 409 if not said.
    pub fn on_unique(
        mut self,
        columns: &'static str,
        problem: impl FnOnce() -> Problem + Send + 'static,
    ) -> Self {
        self.unique.push((columns, Box::new(problem)));
        self
    }

    /// Publishes an event if, and only if, the transaction commits.
    pub fn publish<V: Event>(self, event: &V) -> Self {
        self.publish_as(V::KIND, V::AGGREGATE_TYPE, &event.aggregate_id(), event)
    }

    /// Publishes an event whose kind is the service's own, by the kit.
    pub(crate) fn publish_as(
        mut self,
        kind: &str,
        aggregate_type: &str,
        aggregate_id: &str,
        data: &impl Serialize,
    ) -> Self {
        match serde_json::to_string(data) {
            Ok(data) => self.events.push(types::Event {
                id: ids::new().to_string(),
                kind: kind.to_owned(),
                aggregate_type: aggregate_type.to_owned(),
                aggregate_id: aggregate_id.to_owned(),
                data,
            }),
            Err(error) => self.unserializable = Some(error.to_string()),
        }
        self
    }

    pub(crate) fn with_event(mut self, event: types::Event) -> Self {
        self.events.push(event);
        self
    }

    /// Can't be committed, for this reason.
    pub(crate) fn unserializable(mut self, reason: String) -> Self {
        self.unserializable = Some(reason);
        self
    }

    /// Publishes events that are written already.
    pub(crate) fn publish_all(mut self, events: impl IntoIterator<Item = types::Event>) -> Self {
        self.events.extend(events);
        self
    }

    /// Takes a number by this statement, which is the first and misses its row when somebody else took it.
    pub(crate) fn take_number(mut self, statement: Statement) -> Self {
        self.statements.insert(0, statement.0);
        for (index, _) in &mut self.missing {
            *index += 1;
        }
        self.number = true;
        self
    }

    pub(super) fn memory(&self) -> Memory {
        self.writing.memory()
    }

    pub(super) fn has_key(&self) -> Result<bool, TransactionError> {
        Ok(self.writing.key()?.is_some())
    }

    /// How an answer that is made of the rows is remembered.
    pub(super) fn rows_to_remember(&self) -> Vec<u8> {
        answer::of_rows(self.statements.len(), self.number.into())
    }

    pub(super) fn run(self, answer: Vec<u8>) -> Result<Ran, TransactionError> {
        let Self { mut writing, statements, events, unique, missing, number, unserializable, .. } = self;
        if let Some(reason) = unserializable {
            return Err(TransactionError::Event(reason));
        }
        writing.allow_commit().map_err(TransactionError::Mapped)?;
        let once = writing.key()?.map(|key| key.to_host(answer));
        let repeatable = once.is_some();
        let transaction = sql::Transaction { statements, events, once, context: writing.context() };
        let mut result = sql::transact(&transaction);
        if repeatable && matches!(result, Err(sql::Error::OutcomeUnknown)) {
            result = sql::transact(&transaction);
        }
        if matches!(result, Ok(_) | Err(sql::Error::OutcomeUnknown)) {
            writing.spend();
        }
        // The statement that takes a number is the kit's, and nobody else counts it.
        let rows = |rows: Vec<sql::Rows>, skipped| rows.into_iter().skip(skipped).map(Rows::from).collect();
        match result {
            Ok(sql::Outcome::Committed(all)) => Ok(Ran::Committed(rows(all, number.into()))),
            Ok(sql::Outcome::Duplicate(sql::Remembered { rows: all, answer })) => {
                Ok(Ran::Replayed(Remembered { rows: rows(all, 0), answer }))
            }
            Err(sql::Error::Expectation(0)) if number => Err(TransactionError::NumberTaken),
            Err(error) => Err(mapped(error.into(), number, unique, missing)),
        }
    }
}

/// What a run of the transaction came to.
#[derive(Debug)]
pub(super) enum Ran {
    Committed(Vec<Rows>),
    Replayed(Remembered),
}

impl Transaction<Silent> {
    /// Commits all of it, or nothing.
    pub fn commit(self) -> Result<Outcome, TransactionError> {
        let skipped = usize::from(self.number);
        Ok(match self.run(Vec::new())? {
            Ran::Committed(rows) => Outcome::Committed(rows),
            Ran::Replayed(remembered) => {
                Outcome::Replayed(remembered.rows.into_iter().skip(skipped).collect())
            }
        })
    }
}

fn mapped(
    error: SqlError,
    number: bool,
    unique: Vec<(&'static str, MakeProblem)>,
    missing: Vec<(usize, MakeProblem)>,
) -> TransactionError {
    let make = match &error {
        SqlError::Unique(columns) => {
            unique.into_iter().find(|(name, _)| name == columns).map(|(_, make)| make)
        }
        SqlError::Expectation(index) => {
            let index = usize::try_from(*index).unwrap_or(usize::MAX);
            missing.into_iter().find(|(statement, _)| *statement == index).map(|(_, make)| make)
        }
        _ => None,
    };
    let error = match error {
        SqlError::Expectation(index) => SqlError::Expectation(index.saturating_sub(number.into())),
        error => error,
    };
    make.map_or(TransactionError::Sql(error), |make| TransactionError::Mapped(make()))
}

#[cfg(test)]
mod tests;
