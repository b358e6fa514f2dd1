//! The beginning of a job.

use axum::{Json, response::Response};
use serde::Serialize;
use uuid::Uuid;

use super::{JobView, record::Record, routes::path_of};
use crate::{
    context::Context,
    problem::Problem,
    response::accepted,
    sql::{RespondingTransaction, Statement, Table as _, Transaction},
};

/// What drives a job: it is to go on.
#[derive(Serialize)]
pub(super) struct Continued {
    job_id: Uuid,
}

/// Publishes that a job is to go on, as the service's own event.
pub(super) fn continued<E>(transaction: Transaction<E>, id: Uuid) -> Transaction<E> {
    let kind = format!("lyceum.{}.JobContinued.v1", Context::current().service());
    transaction.publish_as(&kind, "job", &id.to_string(), &Continued { job_id: id })
}

/// A job that is beginning.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before its transaction is committed"]
pub struct Started {
    pub(super) record: Record,
    /// The rows that it is given.
    pub(super) rows: Vec<Statement>,
}

impl Started {
    /// Says that its file is of a form that the service itself reads or writes, such as `marc`: otherwise the job shows the
    /// format of the rows that it is kept as.
    pub fn of_form(mut self, name: &str) -> Self {
        name.clone_into(&mut self.record.format);
        self
    }

    /// Begins it by the request's transaction, and answers 202 with its `Location` and what is to be seen there.
    pub fn respond(self, transaction: Transaction) -> RespondingTransaction {
        self.respond_as(transaction, std::convert::identity)
    }

    /// The same, with an answer made of what is to be seen there, for a job that makes something that has an id already.
    pub fn respond_as<T: Serialize>(
        self,
        transaction: Transaction,
        answer: impl FnOnce(JobView) -> T,
    ) -> RespondingTransaction {
        let Self { record, rows } = self;
        let transaction = transaction.execute(record.insert()).execute_all(rows);
        let location = path_of(Context::current().service(), record.id);
        continued(transaction, record.id).respond(accepted(&location, Json(answer(JobView::from(record)))))
    }

    /// The same as `respond`, committed.
    pub fn commit(self, transaction: Transaction) -> Result<Response, Problem> {
        self.respond(transaction).commit()
    }
}
