//! `lyceum:data/sql` on the real database.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use lyceum_kit::host::{
    sql::{Error, Outcome, Remembered, Rows, Sql, Statement, Transaction},
    types::{self, Value},
};
use lyceum_sql as backend;

use crate::runtime::{deadline, wait};

/// When the connection breaks while a transaction is being committed: the service is told that the outcome is not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Crash {
    /// Before the database has it: nothing happened.
    BeforeCommit,
    /// After it, before the answer: all of it happened.
    AfterCommit,
}

pub(crate) struct Recorded {
    database: Arc<dyn backend::Backend>,
    /// The texts of all statements that ran.
    statements: RefCell<BTreeSet<String>>,
    /// What becomes of the next commits.
    crashes: RefCell<VecDeque<Option<Crash>>>,
    away: Cell<bool>,
    /// What somebody else commits before each of the next transactions.
    others: RefCell<VecDeque<String>>,
}

impl Recorded {
    pub(crate) fn new(database: Arc<dyn backend::Backend>) -> Self {
        Self {
            database,
            statements: RefCell::default(),
            crashes: RefCell::default(),
            away: Cell::new(false),
            others: RefCell::default(),
        }
    }

    pub(crate) fn database(&self) -> Arc<dyn backend::Backend> {
        Arc::clone(&self.database)
    }

    pub(crate) fn statements(&self) -> BTreeSet<String> {
        self.statements.borrow().clone()
    }

    pub(crate) fn crash(&self, crash: Crash) {
        self.crashes.borrow_mut().push_back(Some(crash));
    }

    /// Lets so many commits pass before the next crash.
    pub(crate) fn pass(&self, commits: usize) {
        self.crashes.borrow_mut().extend(std::iter::repeat_n(None, commits));
    }

    pub(crate) fn commit_first(&self, statement: &str) {
        self.others.borrow_mut().push_back(statement.to_owned());
    }

    /// Commits what somebody else is said to commit first.
    fn let_others(&self) {
        let next = self.others.borrow_mut().pop_front();
        if let Some(text) = next {
            self.commit_now(text);
        }
    }

    /// Commits a statement as somebody else does.
    pub(crate) fn commit_now(&self, text: String) {
        let statements = vec![Statement { text, params: Vec::new(), expect_rows: None }];
        let context = types::Context {
            correlation_id: "somebody-else".to_owned(),
            causation_id: None,
            traceparent: None,
            actor: None,
        };
        let transaction = Transaction { statements, events: Vec::new(), once: None, context };
        let outcome = wait(self.database.transact(transaction_to(&transaction), deadline()));
        outcome.expect("a statement that somebody else could commit");
    }

    /// Whether the database can't be reached from now on.
    pub(crate) fn set_away(&self, away: bool) {
        self.away.set(away);
    }

    fn reach(&self) -> Result<(), Error> {
        if self.away.get() { Err(Error::Unavailable("the test says so".into())) } else { Ok(()) }
    }

    fn record(&self, statements: &[Statement]) {
        self.statements.borrow_mut().extend(statements.iter().map(|statement| statement.text.clone()));
    }
}

impl Sql for Recorded {
    fn query(&self, statements: &[Statement]) -> Result<Vec<Rows>, Error> {
        self.reach()?;
        self.record(statements);
        let statements = statements.iter().map(statement_to).collect();
        wait(self.database.query(statements, deadline())).map(rows_from).map_err(error_from)
    }

    fn transact(&self, transaction: &Transaction) -> Result<Outcome, Error> {
        self.reach()?;
        self.record(&transaction.statements);
        self.let_others();
        let crash = self.crashes.borrow_mut().pop_front().flatten();
        if crash == Some(Crash::BeforeCommit) {
            return Err(Error::OutcomeUnknown);
        }
        let outcome =
            wait(self.database.transact(transaction_to(transaction), deadline())).map_err(error_from)?;
        if crash == Some(Crash::AfterCommit) {
            return Err(Error::OutcomeUnknown);
        }
        Ok(match outcome {
            backend::Outcome::Committed(rows) => Outcome::Committed(rows_from(rows)),
            backend::Outcome::Duplicate(remembered) => Outcome::Duplicate(remembered_from(remembered)),
        })
    }

    fn recall(&self, scope: &str, key: &str, fingerprint: &str) -> Result<Option<Remembered>, Error> {
        self.reach()?;
        let remembered = wait(self.database.recall(scope, key, fingerprint, deadline()));
        remembered.map(|remembered| remembered.map(remembered_from)).map_err(error_from)
    }
}

fn value_to(value: &Value) -> backend::Value {
    match value.clone() {
        Value::Null => backend::Value::Null,
        Value::Boolean(value) => backend::Value::Boolean(value),
        Value::Integer(value) => backend::Value::Integer(value),
        Value::Float(value) => backend::Value::Float(value),
        Value::Text(value) => backend::Value::Text(value),
        Value::Bytes(value) => backend::Value::Bytes(value.into()),
    }
}

fn value_from(value: backend::Value) -> Value {
    match value {
        backend::Value::Null => Value::Null,
        backend::Value::Boolean(value) => Value::Boolean(value),
        backend::Value::Integer(value) => Value::Integer(value),
        backend::Value::Float(value) => Value::Float(value),
        backend::Value::Text(value) => Value::Text(value),
        backend::Value::Bytes(value) => Value::Bytes(value.into()),
    }
}

fn statement_to(statement: &Statement) -> backend::Statement {
    let Statement { text, params, expect_rows } = statement;
    backend::Statement {
        text: text.clone(),
        params: params.iter().map(value_to).collect(),
        expect_rows: *expect_rows,
    }
}

fn transaction_to(transaction: &Transaction) -> backend::Transaction {
    backend::Transaction {
        statements: transaction.statements.iter().map(statement_to).collect(),
        events: transaction.events.iter().map(event_to).collect(),
        once: transaction.once.as_ref().map(once_to),
        context: context_to(&transaction.context),
    }
}

pub(crate) fn event_to(event: &types::Event) -> backend::Event {
    let types::Event { id, kind, aggregate_type, aggregate_id, data } = event.clone();
    backend::Event { id, kind, aggregate_type, aggregate_id, data }
}

pub(crate) fn once_to(once: &types::Once) -> backend::Once {
    let types::Once { scope, key, fingerprint, keep_seconds, answer } = once.clone();
    backend::Once { scope, key, fingerprint, keep_seconds, answer: answer.into() }
}

pub(crate) fn context_to(context: &types::Context) -> backend::Context {
    let types::Context { correlation_id, causation_id, traceparent, actor } = context.clone();
    backend::Context { correlation_id, causation_id, traceparent, actor }
}

fn rows_from(rows: Vec<backend::Rows>) -> Vec<Rows> {
    let values = |row: Vec<backend::Value>| row.into_iter().map(value_from).collect();
    rows.into_iter()
        .map(|backend::Rows { columns, rows, affected }| Rows {
            columns,
            rows: rows.into_iter().map(values).collect(),
            affected,
        })
        .collect()
}

fn remembered_from(backend::Remembered { rows, answer }: backend::Remembered) -> Remembered {
    Remembered { rows: rows_from(rows), answer: answer.into() }
}

fn error_from(error: backend::Error) -> Error {
    match error {
        backend::Error::Unique(columns) => Error::Unique(columns),
        backend::Error::ForeignKey(name) => Error::ForeignKey(name),
        backend::Error::Check(name) => Error::Check(name),
        backend::Error::NotNull(column) => Error::NotNull(column),
        backend::Error::Expectation(index) => Error::Expectation(index),
        backend::Error::KeyReused => Error::KeyReused,
        backend::Error::Conflict => Error::Conflict,
        backend::Error::Invalid(reason) => Error::Invalid(reason),
        backend::Error::TooLarge(what) => Error::TooLarge(what),
        backend::Error::StorageFull => Error::StorageFull,
        backend::Error::Timeout => Error::Timeout,
        backend::Error::Unavailable(reason) => Error::Unavailable(reason),
        backend::Error::OutcomeUnknown => Error::OutcomeUnknown,
    }
}

crate::host::named!(Recorded);
