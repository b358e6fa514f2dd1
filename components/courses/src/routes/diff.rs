//! What is another in one version than in another one.

use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use super::seeing::{Edition, edit_any};
use crate::domain::course::Course;
use crate::domain::diff::{Diff, Whole};
use crate::domain::version::Version;
use crate::store::{versions, wholes};

/// What is compared.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Compared {
    /// The earlier one: the number of a version, or `draft`. The latest version if not given.
    #[param(value_type = Option<String>, pattern = "^(draft|[1-9][0-9]{0,8})$")]
    from: Option<Edition>,
    /// The later one. The draft if not given.
    #[param(value_type = Option<String>, pattern = "^(draft|[1-9][0-9]{0,8})$")]
    to: Option<Edition>,
}

fn unknown() -> Problem {
    Problem::not_found("There is no such version of the course.")
}

fn whole(course: &Course, edition: Edition) -> Result<Whole, Problem> {
    let Edition::Version(number) = edition else {
        return Ok(wholes::of_draft(course.id, &Version::of(course, 0, course.updated_at))?);
    };
    let version = versions::version(course.id, number)?.ok_or_else(unknown)?;
    Ok(wholes::of_version(course.id, &version)?)
}

/// Compares two versions of a course, or a version with the draft as it would be published.
#[utoipa::path(get, path = "/api/v1/courses/{id}/diff", params(("id" = Uuid, Path), Compared), responses(
    (status = 200, body = Diff),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course, or it has no such version"),
))]
pub(super) async fn between(
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(Compared { from, to }): Query<Compared>,
) -> Result<Response, Problem> {
    let (course, _) = edit_any(&caller, id)?;
    let latest = || course.published_version.map(Edition::Version).ok_or_else(unknown);
    let from = whole(&course, from.map_or_else(latest, Ok)?)?;
    let to = whole(&course, to.unwrap_or(Edition::Draft))?;
    Ok(Json(Diff::between(&from, &to)).into_response())
}
