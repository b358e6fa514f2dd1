//! The export of people, for administrators.

use lyceum_event_types::users::JobContinued;
use lyceum_kit::{
    job::{self, Export, JobView, Kind},
    prelude::*,
    tabular::{Cell, Format},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{cohorts::importing::IMPORT, domain::Person, store::People};

const COLUMNS: [&str; 8] =
    ["user_id", "email", "display_name", "first_name", "last_name", "status", "roles", "created_at"];

static EXPORT: Export<People> = Export::new("people", &COLUMNS, |person: Person| {
    let Person { user_id, email, status, roles, fields, created_at, .. } = person;
    let fields = fields.0;
    vec![
        user_id.to_string().into(),
        email.into(),
        fields.display_name.into(),
        Cell::from(fields.first_name),
        Cell::from(fields.last_name),
        status.name().to_owned().into(),
        roles.names().join(" ").into(),
        created_at.into(),
    ]
});
/// All that users works on.
const KINDS: &[&dyn Kind] = &[&EXPORT, &IMPORT];

pub(crate) fn routes() -> Routes {
    let export = Access::Permission(Permission::new("user:export"));
    Routes::new("", "").add(export, route!(start)).add(export, route!(result)).with(job::routes("users"))
}

pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// Goes on with those that no event drives any more.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    job::run_due(by, KINDS)
}

/// What to export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PeopleExport {
    format: Format,
    /// The query of the list of people, such as `status=active&role=student`; all people if it isn't there.
    #[serde(default)]
    query: String,
}

/// Begins to write people to a file: those that the list shows for the same query.
#[utoipa::path(post, path = "/api/v1/users/exports", operation_id = "export_people", request_body = PeopleExport,
    responses((status = 202, body = JobView, description = "It has begun; `Location` shows how far it is")))]
async fn start(context: Context, ValidJson(asked): ValidJson<PeopleExport>) -> Result<Response, Problem> {
    EXPORT.start(asked.format, &asked.query)?.commit(context.begin())
}

/// The file, once the export is completed. It is kept for seven days.
#[utoipa::path(get, path = "/api/v1/jobs/users-{id}/result", operation_id = "exported_people",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses((status = 200, content_type = "text/csv", description = "In the format that was asked for")))]
async fn result(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    job::result(&caller, id, &EXPORT)
}
