//! How people are enrolled in a course.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::seeing;
use crate::domain::{Settings, SettingsFields};
use crate::filling;
use crate::store::places::{self, Counts};

/// How people are enrolled in a course, and how many are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrollmentSettings {
    course_id: Uuid,
    #[serde(flatten)]
    fields: SettingsFields,
    /// How many places are taken.
    taken: i64,
    /// How many people wait for one.
    waiting: i64,
}

fn shown(settings: &Settings, counts: Counts) -> Response {
    let Counts { taken, waiting } = counts;
    let body =
        EnrollmentSettings { course_id: settings.course_id, fields: settings.fields(), taken, waiting };
    tagged(&EntityTag::of_version(settings.version), Json(body))
}

/// Shows how people are enrolled in a course, to its instructors. The tag is that of the settings alone: the counts change without it.
#[utoipa::path(get, path = "/api/v1/courses/{id}/enrollment-settings", operation_id = "show_enrollment_settings",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = EnrollmentSettings),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
    ))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let (settings, counts) = places::of(id)?;
    Ok(shown(&settings, counts))
}

/// Changes how people are enrolled. What was agreed with those who are stays; places that there are more of are given to who waits.
#[utoipa::path(put, path = "/api/v1/courses/{id}/enrollment-settings", operation_id = "change_enrollment_settings",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = SettingsFields,
    responses(
        (status = 200, body = EnrollmentSettings),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<SettingsFields>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let (settings, counts) = places::of(id)?;
    if_match.check(&EntityTag::of_version(settings.version))?;
    let changed = settings.with(&fields)?;
    let answer = context
        .begin()
        .execute(places::ensure(id))
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .respond(shown(&changed, counts))
        .commit()?;
    if let Err(error) = filling::fill(&context.without_once(), id, filling::AT_ONCE) {
        log::warn(format!("places are given by the next tick: {error}"));
    }
    Ok(answer)
}
