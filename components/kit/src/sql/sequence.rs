//! Numbers that count up: of lendings, invoices, places on a waiting list.

use std::{fmt, thread, time::Duration};

use axum::response::Response;

use super::{
    Begin as _, Outcome, RespondingTransaction, RowError, RowsTransaction, SqlError, Statement, Transaction,
    TransactionError, query_optional, statement,
};
use crate::{
    once::{Silent, WithoutOnce},
    params, random,
};

/// The migration that makes the table of numbers: `migrations: ["0001-books", "0002-sequences" = SEQUENCES]`.
pub const SEQUENCES: &str = include_str!("../../migrations/sequences.sql");

/// How often a transaction is made with the next free number.
const ATTEMPTS: u32 = 12;
/// The longest wait before the second attempt; it doubles with each, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_millis(320);

/// Counts from 1 in each scope, such as a year. Its table is made by the migration [`SEQUENCES`].
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    name: &'static str,
}

/// A number of a sequence; as a text `2026/17`, or `17` if the scope is empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Number {
    /// What is counted apart, such as a year.
    pub scope: String,
    /// From 1.
    pub value: i64,
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope.as_str() {
            "" => write!(formatter, "{}", self.value),
            scope => write!(formatter, "{scope}/{}", self.value),
        }
    }
}

/// A transaction that is ready to be committed.
pub trait Numbered: Sized {
    /// What its commit gives.
    type Done;
    /// Takes a number by this statement.
    #[doc(hidden)]
    #[must_use]
    fn take_number(self, statement: Statement) -> Self;
    /// Commits it.
    #[doc(hidden)]
    fn try_commit(self) -> Result<Self::Done, TransactionError>;
}

impl Numbered for RespondingTransaction {
    type Done = Response;
    fn take_number(self, statement: Statement) -> Self {
        Self { transaction: self.transaction.take_number(statement), ..self }
    }
    fn try_commit(self) -> Result<Response, TransactionError> {
        self.try_commit()
    }
}

impl Numbered for RowsTransaction {
    type Done = Response;
    fn take_number(self, statement: Statement) -> Self {
        Self { transaction: self.transaction.take_number(statement) }
    }
    fn try_commit(self) -> Result<Response, TransactionError> {
        self.try_commit()
    }
}

impl Numbered for Transaction<Silent> {
    type Done = Outcome;
    fn take_number(self, statement: Statement) -> Self {
        self.take_number(statement)
    }
    fn try_commit(self) -> Result<Outcome, TransactionError> {
        self.commit()
    }
}

impl Sequence {
    /// The sequence of this name; a service may have any number of them.
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// The next number, by a commit of its own. It is never given again, also when what it is for fails: then it is
    /// left out.
    pub fn next(&self, by: &WithoutOnce, scope: impl fmt::Display) -> Result<Number, TransactionError> {
        let scope = scope.to_string();
        let text = "INSERT INTO sequences (name, scope, value) VALUES ($1, $2, 1) \
                    ON CONFLICT (name, scope) DO UPDATE SET value = sequences.value + 1 RETURNING value";
        let rows = by.begin().execute(statement(text, params![self.name, &scope])).commit()?.rows()?;
        let row = rows.into_iter().next().ok_or(SqlError::Row(RowError::Count(0)))?;
        let (value,) = row.one().map_err(SqlError::from)?;
        Ok(Number { scope, value })
    }

    /// The statement after which counting goes on behind this number at least, for numbers that came from elsewhere.
    pub fn at_least(&self, scope: impl fmt::Display, value: i64) -> Statement {
        let text = "INSERT INTO sequences (name, scope, value) VALUES ($1, $2, $3) \
                    ON CONFLICT (name, scope) DO UPDATE SET value = excluded.value \
                    WHERE sequences.value < excluded.value";
        statement(text, params![self.name, scope.to_string(), value])
    }

    /// Commits what is made with the next number, together with the taking of it, so that no number is left out: row,
    /// event, answer and `Location` may all hold it. If somebody else takes the number first, it is all made again
    /// with the next one, a few times after growing waits.
    pub fn gapless<T: Numbered, E: From<TransactionError>>(
        &self,
        scope: impl fmt::Display,
        mut make: impl FnMut(&Number) -> Result<T, E>,
    ) -> Result<T::Done, E> {
        let scope = scope.to_string();
        until_taken(
            || {
                let (number, taking) = self.free(scope.clone()).map_err(TransactionError::from)?;
                Ok(make(&number)?.take_number(taking).try_commit())
            },
            thread::sleep,
        )
    }

    /// The next number, and the statement that takes it, which misses its row if somebody else was quicker.
    pub(crate) fn free(&self, scope: String) -> Result<(Number, Statement), SqlError> {
        let text = "SELECT value FROM sequences WHERE name = $1 AND scope = $2";
        let last = query_optional(statement(text, params![self.name, &scope]))?;
        let value = last.map_or(0, |(value,): (i64,)| value).saturating_add(1);
        let text = "INSERT INTO sequences (name, scope, value) VALUES ($1, $2, $3) \
                    ON CONFLICT (name, scope) DO UPDATE SET value = excluded.value \
                    WHERE sequences.value = excluded.value - 1";
        let taking = statement(text, params![self.name, &scope, value]).expect_rows(1);
        Ok((Number { scope, value }, taking))
    }
}

/// Tries until nobody else takes the number that an attempt has read, a few times; or until it fails for another reason.
pub(crate) fn until_taken<D, E: From<TransactionError>>(
    mut attempt: impl FnMut() -> Result<Result<D, TransactionError>, E>,
    wait: impl Fn(Duration),
) -> Result<D, E> {
    for doubled in 0..ATTEMPTS {
        match attempt()? {
            Err(TransactionError::NumberTaken) => wait(jitter(doubled)),
            ended => return ended.map_err(E::from),
        }
    }
    Err(TransactionError::NumberTaken.into())
}

/// Anything up to the longest wait of this attempt ("full jitter"), so that those who met once meet no more.
fn jitter(doubled: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_WAIT);
    let random = random::bytes::<4>().map_or(u32::MAX, u32::from_le_bytes);
    longest.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    #[test]
    fn a_number_reads_as_scope_and_value() {
        assert_eq!(Number { scope: "2026".into(), value: 17 }.to_string(), "2026/17");
        assert_eq!(Number { scope: String::new(), value: 17 }.to_string(), "17");
    }

    #[test]
    fn who_comes_too_late_tries_again_with_the_next_number() {
        let last = Cell::new(3);
        let waits = RefCell::new(Vec::new());
        let attempt = || {
            let known = last.get();
            // Somebody else takes the number meanwhile, twice.
            if known < 5 {
                last.set(known + 1);
                return Ok(Err(TransactionError::NumberTaken));
            }
            Ok::<_, TransactionError>(Ok(known + 1))
        };
        let done = until_taken(attempt, |wait| waits.borrow_mut().push(wait));
        assert_eq!(done.unwrap(), 6);
        assert_eq!(waits.borrow().len(), 2);
    }

    #[test]
    fn who_always_comes_too_late_is_told_to_come_later() {
        let (attempts, waits) = (Cell::new(0), RefCell::new(Vec::new()));
        let attempt = || {
            attempts.set(attempts.get() + 1);
            Ok::<Result<i64, _>, TransactionError>(Err(TransactionError::NumberTaken))
        };
        let error = until_taken(attempt, |wait| waits.borrow_mut().push(wait)).unwrap_err();
        assert_eq!(crate::problem::Problem::from(error).status(), 503);
        assert_eq!(attempts.get(), ATTEMPTS);
        assert!(waits.borrow().iter().all(|wait| *wait <= LONGEST_WAIT));
    }
}
