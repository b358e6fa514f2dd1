//! Looking at jobs and at what failed; and ending them.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::{State, record::Record};
use crate::{
    list::{Filter, List, ListQuery, Listing, Order, Scope},
    prelude::*,
    sql::{Table as _, Versioned as _},
};

/// A job, as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Begins with the service that it belongs to.
    id: String,
    /// What it does.
    name: String,
    state: State,
    /// Whether it only tries.
    dry_run: bool,
    /// How its file is written: `csv`, `jsonl`, `xlsx`, or a form that only this service knows, such as `marc`.
    format: String,
    /// Rows that were worked on.
    done: i64,
    /// Rows that there are, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// Rows of `done` that failed: see `/errors` below the job.
    failed: i64,
    /// Why it can't go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
}

impl From<Record> for JobView {
    fn from(record: Record) -> Self {
        let Record { id, name, state, dry_run, format, position, total, failed, problem, .. } = record;
        let Record { created_at, updated_at, ended_at, .. } = record;
        let id = format!("{}-{id}", Context::current().service());
        Self {
            id,
            name,
            state,
            dry_run,
            format,
            done: position,
            total,
            failed,
            problem,
            created_at,
            updated_at,
            ended_at,
        }
    }
}

/// Why a row failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowError {
    /// The row's number, from 1, without the header.
    row: i64,
    /// For a program, such as `ALREADY_EXISTS`.
    error_code: String,
    /// For a person.
    error_message: String,
    /// What is wrong with which column.
    details: Vec<FieldViolation>,
}

impl RowError {
    pub(super) fn insert(job: Uuid, row: i64, problem: &Problem) -> Statement {
        let error = Self {
            row,
            error_code: problem.code().to_owned(),
            error_message: problem.detail().to_owned(),
            details: problem.violations().to_vec(),
        };
        let text = "INSERT INTO job_errors (job_id, row_number, problem) VALUES ($1, $2, $3)";
        statement(text, params![job, row, AsJson(error)])
    }
}

/// As it was kept.
struct ErrorRow {
    problem: AsJson<serde_json::Value>,
}
from_row!(ErrorRow { problem });

struct RowErrors;

impl Listing for RowErrors {
    type Row = ErrorRow;
    const LIST: List =
        List::of("job_errors", "row_number, problem", "row_number", Order::integer("row_number"));
}

/// Where jobs are.
const PATH: &str = "/api/v1/jobs";

pub(super) fn path_of(service: &str, id: Uuid) -> String {
    format!("{PATH}/{service}-{id}")
}

/// The routes of this service's jobs, `/api/v1/jobs/users` and `/api/v1/jobs/users-{id}` and below it, for a service
/// `users` with the routes `{ path = "/api/v1/jobs/users" }` and `{ prefix = "/api/v1/jobs/users-{id}" }` in the manifest.
/// They are for the person who began the job and for administrators.
pub fn routes(service: &'static str) -> Routes {
    let path = |rest: &str| format!("{PATH}/{service}-{{id}}{rest}");
    Routes::new("", "")
        .add(Access::SignedIn, route!(list).at(format!("{PATH}/{service}")))
        .add(Access::SignedIn, route!(show).at(path("")))
        .add(Access::SignedIn, route!(cancel).at(path("")))
        .add(Access::SignedIn, route!(errors).at(path("/errors")))
}

/// The job, if the caller may have it.
pub(super) fn find(caller: &Caller, id: Uuid) -> Result<Record, Problem> {
    let missing = || Problem::not_found("There is no such job.");
    Record::find(id)?.filter(|record| caller.owns_begun(record.actor.as_deref())).ok_or_else(missing)
}

struct Jobs;

const NEWEST_FIRST: Order = Order::integer("created_at").descending();

impl Listing for Jobs {
    type Row = Record;
    const LIST: List = List::of("jobs", Record::COLUMN_LIST, "id", NEWEST_FIRST)
        .filters(&[
            Filter::equal::<State>("state").describe("Only those that are this far, such as `running`.")
        ]);
}

/// Lists the jobs that the caller began, the newest first; for administrators those of everybody.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "list_jobs", params(ListQuery<Jobs>),
    responses((status = 200, body = Listed<JobView>)))]
async fn list(caller: Caller, query: ListQuery<Jobs>) -> Result<Response, Problem> {
    let own = || Scope::all().equal("actor", caller.user_id);
    let scope = if caller.has(Role::Admin) { Scope::all() } else { own() };
    query.answer_within(&scope, JobView::from)
}

/// Shows how far a job is.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "show_job",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses((status = 200, body = JobView)))]
async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let record = find(&caller, id)?;
    Ok(tagged(&EntityTag::of_version(record.version), Json(JobView::from(record))))
}

/// How often a job is cancelled anew that goes on at the same time.
const CANCEL_TRIES: usize = 20;
const MOVED_ON: &str = "JOB_MOVED_ON";

/// Ends a job; what it did stays done. One that has ended stays as it is.
#[utoipa::path(delete, path = "/api/v1/jobs/{id}", operation_id = "cancel_job",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses((status = 200, body = JobView)))]
async fn cancel(
    context: Context,
    caller: Caller,
    conditions: Conditions,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    for _ in 0..CANCEL_TRIES {
        let record = find(&caller, id)?;
        conditions.check(&EntityTag::of_version(record.version))?;
        if record.state != State::Running {
            return Ok(tagged(&EntityTag::of_version(record.version), Json(JobView::from(record))));
        }
        let mut cancelled = record.changed();
        cancelled.end(State::Cancelled);
        let moved_on = || Problem::conflict(MOVED_ON, "The job goes on too quickly.");
        let transaction = context.begin().execute(cancelled.update()).on_missing(moved_on);
        let transaction = transaction.execute(cancelled.drop_rows());
        let answer = tagged(&EntityTag::of_version(cancelled.version), Json(JobView::from(cancelled)));
        match transaction.respond(answer).commit() {
            Err(problem) if problem.code() == MOVED_ON => {}
            answered => return answered,
        }
    }
    Err(Problem::unavailable(Duration::from_secs(1)))
}

/// Lists the rows that failed, and why; of the first thousand.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/errors", operation_id = "list_job_errors",
    params(("id" = String, Path, description = "The rest of the job's id"), ListQuery<RowErrors>),
    responses((status = 200, body = Listed<RowError>)))]
async fn errors(
    caller: Caller,
    Path(id): Path<Uuid>,
    query: ListQuery<RowErrors>,
) -> Result<Response, Problem> {
    let record = find(&caller, id)?;
    query.answer_within(&Scope::all().equal("job_id", record.id), |row| row.problem.0)
}
