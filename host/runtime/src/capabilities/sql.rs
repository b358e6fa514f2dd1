//! `lyceum:data/sql`

use std::sync::Arc;

use lyceum_sql as backend;
use tracing::info;

use crate::bindings::capabilities::lyceum::data::sql::{
    Error, Host, Outcome, Remembered, Rows, Statement, Transaction,
};
use crate::bindings::capabilities::lyceum::data::types::{self, Value};
use crate::guest::{Guest, Trigger};

impl types::Host for Guest {}

impl Host for Guest {
    async fn query(&mut self, statements: Vec<Statement>) -> wasmtime::Result<Result<Vec<Rows>, Error>> {
        let Some(database) = self.database() else { return Ok(Err(no_link())) };
        let statements = statements.into_iter().map(Into::into).collect();
        let rows = database.query(statements, self.database_deadline()).await;
        Ok(rows.map(all).map_err(Into::into))
    }

    async fn transact(&mut self, transaction: Transaction) -> wasmtime::Result<Result<Outcome, Error>> {
        let Some(database) = self.database() else { return Ok(Err(no_link())) };
        let key = transaction.once.as_ref().map(|once| once.key.clone());
        let outcome = match database.transact(transaction.into(), self.database_deadline()).await {
            Ok(backend::Outcome::Committed(rows)) => Ok(Outcome::Committed(all(rows))),
            Ok(backend::Outcome::Duplicate(remembered)) => {
                self.note_duplicate(key.as_deref().unwrap_or_default());
                Ok(Outcome::Duplicate(remembered.into()))
            }
            Err(error) => Err(error.into()),
        };
        Ok(outcome)
    }

    async fn recall(
        &mut self,
        scope: String,
        key: String,
        fingerprint: String,
    ) -> wasmtime::Result<Result<Option<Remembered>, Error>> {
        let Some(database) = self.database() else { return Ok(Err(no_link())) };
        let remembered = database.recall(&scope, &key, &fingerprint, self.database_deadline()).await;
        if let Ok(Some(_)) = &remembered {
            self.note_duplicate(&key);
        }
        Ok(remembered.map(|remembered| remembered.map(Into::into)).map_err(Into::into))
    }
}

impl Guest {
    fn database(&self) -> Option<Arc<dyn backend::Database>> {
        self.links.sql.clone()
    }

    /// A repeated request or a redelivered event that had no second effect. Operators see in the
    /// log that the promise was kept.
    pub(super) fn note_duplicate(&self, key: &str) {
        let component = &*self.component;
        let correlation_id = &*self.call().correlation_id;
        match self.trigger {
            Trigger::Message => {
                self.statistics.duplicate_messages.inc();
                info!(component, correlation_id, event = key, "a redelivered event had no second effect");
            }
            Trigger::Request => {
                self.statistics.duplicate_requests.inc();
                info!(component, correlation_id, key, "a repeated request got its first answer");
            }
        }
    }
}

fn no_link() -> Error {
    Error::Unavailable("this component has no link to sql".into())
}

fn all(rows: Vec<backend::Rows>) -> Vec<Rows> {
    rows.into_iter().map(Into::into).collect()
}

impl From<Value> for backend::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(value) => Self::Boolean(value),
            Value::Integer(value) => Self::Integer(value),
            Value::Float(value) => Self::Float(value),
            Value::Text(value) => Self::Text(value),
            Value::Bytes(value) => Self::Bytes(value.into()),
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
            backend::Value::Bytes(value) => Self::Bytes(value.into()),
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
        Self { rows: all(rows), answer: answer.into() }
    }
}

impl From<types::Event> for backend::Event {
    fn from(types::Event { id, kind, aggregate_type, aggregate_id, data }: types::Event) -> Self {
        Self { id, kind, aggregate_type, aggregate_id, data }
    }
}

impl From<types::Once> for backend::Once {
    fn from(types::Once { scope, key, fingerprint, keep_seconds, answer }: types::Once) -> Self {
        Self { scope, key, fingerprint, keep_seconds, answer: answer.into() }
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
