//! What holds for all grades of a course.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::gradebook::settings::Settings;
use crate::routes::seeing::given;
use crate::store::gradebook::{self, Book};

/// The settings of a gradebook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GradebookView {
    course_id: Uuid,
    #[serde(flatten)]
    settings: Settings,
    /// When they were set; none as long as nothing was.
    updated_at: Option<Timestamp>,
}

fn shown(course_id: Uuid, settings: Settings, version: i64, updated_at: Option<Timestamp>) -> Response {
    tagged(&EntityTag::of_version(version), Json(GradebookView { course_id, settings, updated_at }))
}

/// Shows the settings of a course's gradebook: its categories with their weights, and its scheme.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook", params(("course_id" = Uuid, Path)),
    operation_id = "show_gradebook", responses(
        (status = 200, body = GradebookView),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn show(caller: Caller, Path(course_id): Path<Uuid>) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let Book { settings, version, updated_at, .. } = gradebook::find(course_id)?;
    Ok(shown(course_id, settings, version, updated_at))
}

/// Sets them. Everybody's totals are counted again; whoever reads one before that sees it as it will be.
#[utoipa::path(put, path = "/api/v1/progress/courses/{course_id}/gradebook", request_body = Settings,
    params(("course_id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    operation_id = "change_gradebook", responses(
        (status = 200, body = GradebookView),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(course_id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(settings): ValidJson<Settings>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let read = gradebook::find(course_id)?.version;
    if_match.check(&EntityTag::of_version(read))?;
    let settings = settings.checked()?;
    context
        .begin()
        .execute(gradebook::set(course_id, &settings, read))
        .on_missing(Problem::precondition_failed)
        .respond(shown(course_id, settings, read + 1, Some(clock::now())))
        .commit()
}
