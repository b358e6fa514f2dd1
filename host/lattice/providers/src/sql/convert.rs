//! Between the values on the wire and those of the capability.

use lyceum_sql as backend;

use crate::bindings::sql::exports::lyceum::data::sql::{
    Error, Outcome, Remembered, Rows, Statement, Transaction,
};
use crate::bindings::sql::lyceum::data::types::{self, Value};

fn all(rows: Vec<backend::Rows>) -> Vec<Rows> {
    rows.into_iter().map(Into::into).collect()
}

impl From<backend::Outcome> for Outcome {
    fn from(outcome: backend::Outcome) -> Self {
        match outcome {
            backend::Outcome::Committed(rows) => Self::Committed(all(rows)),
            backend::Outcome::Duplicate(remembered) => Self::Duplicate(remembered.into()),
        }
    }
}

impl From<Value> for backend::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(value) => Self::Boolean(value),
            Value::Integer(value) => Self::Integer(value),
            Value::Float(value) => Self::Float(value),
            Value::Text(value) => Self::Text(value),
            Value::Bytes(value) => Self::Bytes(value),
        }
    }
}

impl From<backend::Value> for Value {
    fn from(value: backend::Value) -> Self {
        match value {
            backend::Value::Null => Self::Null,
            backend::Value::Boolean(value) => Self::Boolean(value),
            backend::Value::Integer(value) => Self::Integer(value),
            backend::Value::Float(value) => Self::Float(value),
            backend::Value::Text(value) => Self::Text(value),
            backend::Value::Bytes(value) => Self::Bytes(value),
        }
    }
}

impl From<Statement> for backend::Statement {
    fn from(Statement { text, params, expect_rows }: Statement) -> Self {
        Self { text, params: params.into_iter().map(Into::into).collect(), expect_rows }
    }
}

impl From<backend::Rows> for Rows {
    fn from(backend::Rows { columns, rows, affected }: backend::Rows) -> Self {
        let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
        Self { columns, rows, affected }
    }
}

impl From<backend::Remembered> for Remembered {
    fn from(backend::Remembered { rows, answer }: backend::Remembered) -> Self {
        Self { rows: all(rows), answer }
    }
}

impl From<types::Event> for backend::Event {
    fn from(types::Event { id, kind, aggregate_type, aggregate_id, data }: types::Event) -> Self {
        Self { id, kind, aggregate_type, aggregate_id, data }
    }
}

impl From<types::Once> for backend::Once {
    fn from(types::Once { scope, key, fingerprint, keep_seconds, answer }: types::Once) -> Self {
        Self { scope, key, fingerprint, keep_seconds, answer }
    }
}

impl From<types::Context> for backend::Context {
    fn from(types::Context { correlation_id, causation_id, traceparent, actor }: types::Context) -> Self {
        Self { correlation_id, causation_id, traceparent, actor }
    }
}

impl From<Transaction> for backend::Transaction {
    fn from(Transaction { statements, events, once, context }: Transaction) -> Self {
        Self {
            statements: statements.into_iter().map(Into::into).collect(),
            events: events.into_iter().map(Into::into).collect(),
            once: once.map(Into::into),
            context: context.into(),
        }
    }
}

impl From<backend::Error> for Error {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::Unique(what) => Self::Unique(what),
            backend::Error::ForeignKey(what) => Self::ForeignKey(what),
            backend::Error::Check(what) => Self::Check(what),
            backend::Error::NotNull(what) => Self::NotNull(what),
            backend::Error::Expectation(index) => Self::Expectation(index),
            backend::Error::KeyReused => Self::KeyReused,
            backend::Error::Conflict => Self::Conflict,
            backend::Error::Invalid(why) => Self::Invalid(why),
            backend::Error::TooLarge(what) => Self::TooLarge(what),
            backend::Error::StorageFull => Self::StorageFull,
            backend::Error::Timeout => Self::Timeout,
            backend::Error::Unavailable(why) => Self::Unavailable(why),
            backend::Error::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}
