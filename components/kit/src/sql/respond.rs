//! Transactions that answer a request.

use axum::response::{IntoResponse, Response};

use super::{Transaction, TransactionError, transaction::Ran};
use crate::{answer, problem::Problem};

impl Transaction {
    /// The answer to the request, remembered with its `Idempotency-Key`. It may depend only on the request and on
    /// what was read or made before the commit.
    pub fn respond(self, response: impl IntoResponse) -> RespondingTransaction {
        RespondingTransaction { transaction: self, response: response.into_response() }
    }

    /// The answer is made of what the statements return, by the function that the route names
    /// ([`Route::respond_with`](crate::routes::Route::respond_with)): now, and from the remembered rows when the
    /// request is repeated.
    pub fn respond_with_rows(self) -> RowsTransaction {
        RowsTransaction { transaction: self }
    }
}

/// A transaction with the answer to the request.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct RespondingTransaction {
    pub(super) transaction: Transaction,
    pub(super) response: Response,
}

impl RespondingTransaction {
    /// Commits all of it, and gives the answer; or the first answer, when a
    /// request with the same `Idempotency-Key` was committed before.
    pub fn commit(self) -> Result<Response, Problem> {
        Ok(self.try_commit()?)
    }

    /// The same, for a handler that looks at the error.
    pub fn try_commit(self) -> Result<Response, TransactionError> {
        let Self { transaction, response } = self;
        remembered_here(&transaction)?;
        let (response, answer) = if transaction.has_key()? {
            answer::remember(response).map_err(TransactionError::Mapped)?
        } else {
            (response, Vec::new())
        };
        match transaction.run(answer)? {
            Ran::Committed(_) => Ok(response),
            Ran::Replayed(remembered) => answer::replay(remembered, None).map_err(TransactionError::Mapped),
        }
    }
}

/// A transaction whose answer is made of what it returns.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct RowsTransaction {
    pub(super) transaction: Transaction,
}

impl RowsTransaction {
    /// Commits all of it, and gives the answer; or the first answer, when a
    /// request with the same `Idempotency-Key` was committed before.
    pub fn commit(self) -> Result<Response, Problem> {
        Ok(self.try_commit()?)
    }

    /// The same, for a handler that looks at the error.
    pub fn try_commit(self) -> Result<Response, TransactionError> {
        remembered_here(&self.transaction)?;
        let from_rows = self.transaction.memory().from_rows.ok_or(TransactionError::NoAnswerFromRows)?;
        let answer = self.transaction.rows_to_remember();
        let answered = match self.transaction.run(answer)? {
            Ran::Committed(rows) => from_rows(rows),
            Ran::Replayed(remembered) => answer::replay(remembered, Some(from_rows)),
        };
        answered.map_err(TransactionError::Mapped)
    }
}

/// An answer is looked for in one place, which must be where it is remembered.
fn remembered_here(transaction: &Transaction) -> Result<(), TransactionError> {
    transaction.memory().collection.map_or(Ok(()), |named| Err(TransactionError::RememberedElsewhere(named)))
}
