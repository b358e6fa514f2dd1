//! Looking at sagas.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{State, record::Record};
use crate::{
    list::{Filter, List, ListQuery, Listing, Order},
    prelude::*,
    sql::Table as _,
};

/// A saga, as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Saga)]
pub struct SagaView {
    /// Begins with the service that it belongs to.
    id: String,
    /// What it does.
    name: String,
    state: State,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// On whose behalf it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    /// Where it is, or where it ended.
    step: String,
    /// Who has not answered yet.
    waiting_for: Vec<String>,
    /// Failures of this step in a row.
    attempts: i64,
    /// Why the step has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Why it is, or was, taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When it is stuck if it has not ended.
    deadline: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
}

impl From<Record> for SagaView {
    fn from(record: Record) -> Self {
        let Record { id, name, state, subject, actor, step, waiting_for, attempts, problem, reason, .. } =
            record;
        let Record { deadline, created_at, updated_at, ended_at, .. } = record;
        Self {
            id: format!("{}-{id}", Context::current().service()),
            name,
            state,
            subject,
            actor,
            step,
            waiting_for: waiting_for.0,
            attempts,
            problem,
            reason,
            deadline,
            created_at,
            updated_at,
            ended_at,
        }
    }
}

/// Where sagas are.
const PATH: &str = "/api/v1/sagas";

pub(super) fn path_of(service: &str, id: Uuid) -> String {
    format!("{PATH}/{service}-{id}")
}

/// The routes of this service's sagas: `GET /api/v1/sagas/users` and `GET /api/v1/sagas/users-{id}`, for a service
/// `users` whose routes in the manifest are `{ path = "/api/v1/sagas/users" }` and `{ path = "/api/v1/sagas/users-{id}" }`.
/// One is seen by the person on whose behalf it began and by administrators, the list by administrators.
pub fn routes(service: &'static str) -> Routes {
    let all = route!(list).at(format!("{PATH}/{service}"));
    let one = route!(show).at(format!("{PATH}/{service}-{{id}}"));
    Routes::new("", "").add(Access::Permission(Permission::new("saga:list")), all).add(Access::SignedIn, one)
}

struct Sagas;

const NEWEST_FIRST: Order = Order::integer("created_at").descending();

impl Listing for Sagas {
    type Row = Record;
    const LIST: List =
        List::of("sagas", Record::COLUMN_LIST, "id", NEWEST_FIRST)
            .filters(&[
                Filter::equal::<State>("state").describe("Only those that are this far, such as `stuck`.")
            ]);
}

/// Lists sagas, the newest first.
#[utoipa::path(get, path = "/api/v1/sagas", operation_id = "list_sagas", params(ListQuery<Sagas>),
    responses((status = 200, body = Listed<SagaView>)))]
async fn list(query: ListQuery<Sagas>) -> Result<Response, Problem> {
    query.answer(SagaView::from)
}

/// Shows how far a saga is.
#[utoipa::path(get, path = "/api/v1/sagas/{id}", operation_id = "show_saga",
    params(("id" = String, Path, description = "The rest of the saga's id")),
    responses((status = 200, body = SagaView)))]
async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such saga.");
    let record: Option<Record> = query_optional(Record::select("WHERE id = $1", params![id]))?;
    let record = record.ok_or_else(missing)?;
    if !caller.owns_begun(record.actor.as_deref()) {
        return Err(missing());
    }
    Ok(tagged(&EntityTag::of_version(record.version), Json(SagaView::from(record))))
}
