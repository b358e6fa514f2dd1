//! Rows, events and the remembered answer, committed by one host call.

use std::fmt;

use crate::host::{sql, types};
use axum::response::{IntoResponse, Response};

use super::{Rows, SqlError, Statement};
use crate::{answer, context::Context, event::Event, ids, problem::Problem};

type MakeProblem = Box<dyn FnOnce() -> Problem + Send>;

/// Begins a transaction on behalf of a request or an event.
pub fn transaction(context: &Context) -> Transaction {
    Transaction {
        context: context.clone(),
        statements: Vec::new(),
        events: Vec::new(),
        unique: Vec::new(),
        expectations: Vec::new(),
        unserializable: None,
    }
}

/// What is to be committed together.
#[must_use = "nothing happens before `commit`"]
pub struct Transaction {
    context: Context,
    statements: Vec<sql::Statement>,
    events: Vec<types::Event>,
    unique: Vec<(&'static str, MakeProblem)>,
    expectations: Vec<(usize, MakeProblem)>,
    unserializable: Option<String>,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Transaction");
        debug.field("statements", &self.statements).field("events", &self.events).finish_non_exhaustive()
    }
}

/// Why a transaction was not committed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// The case that `on_unique` or `otherwise` foresaw.
    #[error("{}", .0.detail())]
    Foreseen(Problem),
    /// Any other.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// An event can't be written as JSON.
    #[error("an event can't be written as JSON: {0}")]
    Event(String),
}

impl From<TransactionError> for Problem {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Foreseen(problem) => problem,
            TransactionError::Sql(error) => error.into(),
            TransactionError::Event(reason) => {
                crate::log::error(reason);
                Self::internal()
            }
        }
    }
}

/// How a transaction ended well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Committed {
    /// Done now: what each statement returned.
    Now(Vec<Rows>),
    /// Done before under the same key; nothing was done now. What was answered then.
    Before(Vec<u8>),
}

impl Transaction {
    /// Adds a statement.
    pub fn execute(mut self, statement: Statement) -> Self {
        self.statements.push(statement.0);
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
    pub fn otherwise(mut self, problem: impl FnOnce() -> Problem + Send + 'static) -> Self {
        self.expectations.push((self.statements.len().saturating_sub(1), Box::new(problem)));
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
    pub fn publish<E: Event>(mut self, event: &E) -> Self {
        match serde_json::to_string(event) {
            Ok(data) => self.events.push(types::Event {
                id: ids::new().to_string(),
                kind: E::KIND.to_owned(),
                aggregate_type: E::AGGREGATE_TYPE.to_owned(),
                aggregate_id: event.aggregate_id(),
                data,
            }),
            Err(error) => self.unserializable = Some(error.to_string()),
        }
        self
    }

    /// The answer to the request, remembered with its `Idempotency-Key`. It may
    /// depend only on the request and on what was read or made before the commit.
    pub fn respond(self, response: impl IntoResponse) -> RespondingTransaction {
        RespondingTransaction { transaction: self, response: response.into_response() }
    }

    /// Commits all of it, or nothing.
    pub fn commit(self) -> Result<Committed, TransactionError> {
        self.commit_with(Vec::new())
    }

    fn commit_with(self, answer: Vec<u8>) -> Result<Committed, TransactionError> {
        let Self { context, statements, events, unique, expectations, unserializable } = self;
        if let Some(reason) = unserializable {
            return Err(TransactionError::Event(reason));
        }
        let once = context.once().map(|once| types::Once {
            scope: once.scope.clone(),
            key: once.key.clone(),
            fingerprint: once.fingerprint.clone(),
            keep_seconds: once.keep_seconds,
            answer,
        });
        let repeatable = once.is_some();
        let transaction = sql::Transaction { statements, events, once, context: context.to_host() };
        let mut result = sql::transact(&transaction);
        if repeatable && matches!(result, Err(sql::Error::OutcomeUnknown)) {
            result = sql::transact(&transaction);
        }
        match result {
            Ok(sql::Outcome::Committed(rows)) => {
                Ok(Committed::Now(rows.into_iter().map(Rows::from).collect()))
            }
            Ok(sql::Outcome::Duplicate(remembered)) => Ok(Committed::Before(remembered.answer)),
            Err(error) => Err(foreseen(error.into(), unique, expectations)),
        }
    }
}

fn foreseen(
    error: SqlError,
    unique: Vec<(&'static str, MakeProblem)>,
    expectations: Vec<(usize, MakeProblem)>,
) -> TransactionError {
    let make = match &error {
        SqlError::Unique(columns) => {
            unique.into_iter().find(|(name, _)| name == columns).map(|(_, make)| make)
        }
        SqlError::Expectation(index) => {
            let index = usize::try_from(*index).unwrap_or(usize::MAX);
            expectations.into_iter().find(|(statement, _)| *statement == index).map(|(_, make)| make)
        }
        _ => None,
    };
    make.map_or(TransactionError::Sql(error), |make| TransactionError::Foreseen(make()))
}

/// A transaction that answers a request.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct RespondingTransaction {
    transaction: Transaction,
    response: Response,
}

impl RespondingTransaction {
    /// Commits all of it, and gives the answer; or the first answer, when a
    /// request with the same `Idempotency-Key` was committed before.
    pub fn commit(self) -> Result<Response, Problem> {
        let Self { transaction, response } = self;
        if transaction.context.once().is_none() {
            transaction.commit()?;
            return Ok(response);
        }
        let (response, answer) = answer::remember(response)?;
        match transaction.commit_with(answer)? {
            Committed::Now(_) => Ok(response),
            Committed::Before(answer) => answer::replay(&answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem() -> MakeProblem {
        Box::new(|| Problem::conflict("EMAIL_TAKEN", "Taken."))
    }

    #[test]
    fn a_foreseen_constraint_becomes_its_own_problem() {
        let error = SqlError::Unique("accounts.email".into());
        let foreseen_error = foreseen(error.clone(), vec![("accounts.email", problem())], vec![]);
        assert_eq!(Problem::from(foreseen_error).code(), "EMAIL_TAKEN");
        let other = foreseen(error, vec![("accounts.id", problem())], vec![]);
        assert_eq!(Problem::from(other).code(), "ALREADY_EXISTS");
    }

    #[test]
    fn a_foreseen_expectation_is_that_of_its_statement() {
        let expected = foreseen(SqlError::Expectation(1), vec![], vec![(1, problem())]);
        assert_eq!(Problem::from(expected).code(), "EMAIL_TAKEN");
        let other = foreseen(SqlError::Expectation(0), vec![], vec![(1, problem())]);
        assert_eq!(Problem::from(other).code(), "CHANGED_MEANWHILE");
    }
}
