//! The row of a job.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    clock::{self, Timestamp},
    context::Context,
    ids, log, params, row,
    sql::{SqlError, Statement, Table as _, query_optional, statement},
    tabular::Format,
    text_enum,
};

/// Failures in a row after which a job has failed.
const ATTEMPTS: i64 = 20;

text_enum! {
    /// How far a job is.
    pub enum State {
        /// It is being worked on.
        Running = "running",
        /// All rows were worked on; some may have failed.
        Completed = "completed",
        /// Somebody ended it; what was done stays done.
        Cancelled = "cancelled",
        /// It could not go on.
        Failed = "failed",
    }
}

/// A job's row.
#[derive(Clone, Debug)]
pub struct Record {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) actor: Option<String>,
    pub(super) correlation_id: String,
    pub(super) state: State,
    pub(super) dry_run: bool,
    /// What is shown: a [`Format`]'s name, or that of a form of the service's own.
    pub(super) format: String,
    pub(super) query: String,
    pub(super) cursor: Option<String>,
    pub(super) position: i64,
    pub(super) total: Option<i64>,
    pub(super) failed: i64,
    pub(super) attempts: i64,
    pub(super) problem: Option<String>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

row!(versioned Record in "jobs" {
    id, name, actor, correlation_id, state, dry_run, format, query, cursor, position, total, failed, attempts, problem,
    version, created_at, updated_at, ended_at,
});

impl Record {
    pub(super) fn new(name: &str, format: Format) -> Self {
        let (now, context) = (clock::now(), Context::current());
        Self {
            id: ids::new(),
            name: name.to_owned(),
            actor: context.actor().map(ToOwned::to_owned),
            correlation_id: context.correlation_id().to_owned(),
            state: State::Running,
            dry_run: false,
            format: format.to_string(),
            query: String::new(),
            cursor: None,
            position: 0,
            total: None,
            failed: 0,
            attempts: 0,
            problem: None,
            version: 1,
            created_at: now,
            updated_at: now,
            ended_at: None,
        }
    }

    /// How its file is written by the kit; what is of a form of the service's own is kept as lines.
    pub(super) fn file_format(&self) -> Format {
        Format::from_name(&self.format).unwrap_or(Format::JsonLines)
    }

    pub(super) fn find(id: Uuid) -> Result<Option<Self>, SqlError> {
        query_optional(Self::select("WHERE id = $1", params![id]))
    }

    /// What it does belongs to what began it.
    pub(super) fn context(&self) -> Context {
        Context::resumed(format!("/jobs/{}", self.name), &self.correlation_id, self.actor.as_deref())
    }

    /// The next version of it.
    pub(super) fn changed(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    pub(super) fn end(&mut self, state: State) {
        self.state = state;
        self.ended_at = Some(self.updated_at);
        log::info(format!("job {} {} is {state} after {} rows", self.name, self.id, self.position));
    }

    /// One part of it could not be done.
    pub(super) fn failed_at(&self, reason: &str) -> Self {
        let mut changed = self.changed();
        changed.attempts += 1;
        changed.problem = Some(reason.chars().take(1000).collect());
        if changed.attempts >= ATTEMPTS {
            log::error(format!("job {} {} has failed: {reason}", self.name, self.id));
            changed.end(State::Failed);
        }
        changed
    }

    /// The rows that it has in hand, or that it made.
    pub(super) fn drop_rows(&self) -> Statement {
        statement("DELETE FROM job_rows WHERE job_id = $1", params![self.id])
    }
}

/// How long what a job leaves is kept after its end: seven days.
pub(super) const KEPT: Duration = Duration::from_hours(7 * 24);
