//! The beginning of a saga.

use std::fmt;

use axum::{Json, response::Response};
use uuid::Uuid;

use super::{Data, Saga, SagaView, State, record::Record, routes::path_of};
use crate::{
    clock,
    context::Context,
    ids, log, params,
    problem::Problem,
    response::accepted,
    sql::{AsJson, SqlError, Statement, Table as _, query_optional},
};

/// A saga that is beginning, or has begun.
#[derive(Clone, Debug)]
pub struct Started(Record);

impl<D: Data> Saga<D> {
    /// Begins one with this knowledge, for what is being worked on now: the transaction that begins it has the statement
    /// [`Started::insert`].
    pub fn start(&self, data: &D) -> Result<Started, Problem> {
        let (now, context) = (clock::now(), Context::current());
        let data = serde_json::to_string(data).map_err(|error| {
            log::error(format!("what saga {} knows can't be written as JSON: {error}", self.name));
            Problem::internal()
        })?;
        Ok(Started(Record {
            id: ids::new(),
            name: self.name.to_owned(),
            subject: None,
            actor: context.actor().map(ToOwned::to_owned),
            correlation_id: context.correlation_id().to_owned(),
            state: State::Running,
            backward: false,
            step: self.steps.first().map_or("", |step| step.name).to_owned(),
            waiting: false,
            waiting_for: AsJson(Vec::new()),
            data,
            attempts: 0,
            problem: None,
            reason: None,
            due_at: Some(now),
            deadline: now.plus(self.within),
            version: 1,
            created_at: now,
            updated_at: now,
            ended_at: None,
        }))
    }

    /// The one about this that has not ended, if there is one.
    pub fn under_way(&self, subject: impl fmt::Display) -> Result<Option<Started>, SqlError> {
        let rest = "WHERE name = $1 AND subject = $2 AND ended_at IS NULL";
        Ok(query_optional(Record::select(rest, params![self.name, subject.to_string()]))?.map(Started))
    }
}

impl Started {
    /// Says what it is about. Another one of the same name about the same can't be inserted before this one has ended:
    /// `on_unique("sagas.name,subject", ..)` says what to answer then.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.0.subject = Some(subject.to_string());
        self
    }

    /// Its id, as its steps know it.
    pub const fn id(&self) -> Uuid {
        self.0.id
    }

    /// Begins it, once its transaction is committed.
    pub fn insert(&self) -> Statement {
        self.0.insert()
    }

    /// Where it can be looked at.
    pub fn location(&self) -> String {
        path_of(Context::current().service(), self.0.id)
    }

    /// 202 with its `Location` and what is to be seen there.
    pub fn accepted(&self) -> Response {
        accepted(&self.location(), Json(SagaView::from(self.0.clone())))
    }
}
