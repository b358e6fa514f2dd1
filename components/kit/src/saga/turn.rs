//! One turn of a saga: what a step knows, and what it does.

use std::fmt;

use uuid::Uuid;

use super::{StepError, record::Record};
use crate::{
    event::Event,
    once::Silent,
    problem::Problem,
    sql::{Number, Sequence, Statement, Transaction},
};

/// How a step ended well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// It is done.
    Done,
    /// Its answer, or another one, comes as an event.
    Answer,
}

/// A step that is being done, taken back, or answered.
pub struct Turn<D> {
    /// What the saga knows. It is kept when the step ends well.
    pub data: D,
    pub(super) record: Record,
    /// Taken out only while something is added to it.
    pub(super) transaction: Option<Transaction<Silent>>,
    /// How many statements it has, without the one that takes a number.
    pub(super) statements: u32,
    /// Whether it takes a number.
    numbered: bool,
}

impl<D: fmt::Debug> fmt::Debug for Turn<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Turn")
            .field("data", &self.data)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl<D> Turn<D> {
    pub(super) fn new(data: D, record: Record, transaction: Transaction<Silent>) -> Self {
        Self { data, record, transaction: Some(transaction), statements: 0, numbered: false }
    }

    fn change(&mut self, change: impl FnOnce(Transaction<Silent>) -> Transaction<Silent>) {
        self.transaction = self.transaction.take().map(change);
    }

    /// The saga's id, which commands carry so that their answers find it.
    pub const fn id(&self) -> Uuid {
        self.record.id
    }

    /// What the saga is about, if that was said.
    pub fn subject(&self) -> Option<&str> {
        self.record.subject.as_deref()
    }

    /// The person on whose behalf the saga began.
    pub fn actor(&self) -> Option<&str> {
        self.record.actor.as_deref()
    }

    /// Names what this step does for ever, for `Service::once_by`: the same each time that the step is repeated, and
    /// another one when it is taken back.
    pub fn key(&self) -> String {
        let Record { id, step, backward, .. } = &self.record;
        let direction = if *backward { "undo" } else { "do" };
        format!("saga {id} {direction} {step}")
    }

    /// Who has not answered yet; none unless a step says so by [`Turn::wait_for`].
    pub fn waiting_for(&self) -> &[String] {
        &self.record.waiting_for.0
    }

    /// Says who has yet to answer, for whoever looks at the saga.
    pub fn wait_for(&mut self, names: impl IntoIterator<Item = impl Into<String>>) {
        self.record.waiting_for.0 = names.into_iter().map(Into::into).collect();
    }

    /// Adds a statement to the transaction that moves the saga on.
    pub fn execute(&mut self, statement: Statement) {
        self.statements += 1;
        self.change(|transaction| transaction.execute(statement));
    }

    /// The same; if it changes another number of rows, the step ends with this problem: refused, if that is a 4xx.
    pub fn execute_expecting(
        &mut self,
        statement: Statement,
        rows: u32,
        problem: impl FnOnce() -> Problem + Send + 'static,
    ) {
        self.statements += 1;
        self.change(|transaction| transaction.execute(statement).expect_rows(rows).on_missing(problem));
    }

    /// Takes the next number of the sequence if the saga moves on, so that none is left out; a turn takes one at most. If
    /// somebody else is quicker, the step is done again with the next number: a few times at once, later by the tick.
    pub fn number(&mut self, sequence: &Sequence, scope: impl fmt::Display) -> Result<Number, StepError> {
        if self.numbered {
            return Err(StepError::failed("a step takes one number at most"));
        }
        let (number, taking) = sequence.free(scope.to_string())?;
        self.numbered = true;
        self.change(|transaction| transaction.take_number(taking));
        Ok(number)
    }

    /// Publishes an event, such as a command, if the saga moves on.
    pub fn publish(&mut self, event: &impl Event) {
        self.change(|transaction| transaction.publish(event));
    }
}
