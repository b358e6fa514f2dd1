//! The courses that somebody may change.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::domain::course::{DraftStatus, Status};
use crate::domain::version::CourseView;
use crate::store::courses;

/// What is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Taught {
    /// For administrators: those of everybody.
    #[serde(default)]
    everybody: bool,
    /// Only those that are so far.
    status: Option<Status>,
    /// Only those whose draft is so far, such as `review`.
    draft_status: Option<DraftStatus>,
}

#[derive(Deserialize, Serialize)]
struct Before {
    id: Uuid,
}

/// Lists the drafts of the courses that the caller gives, the newest first.
#[utoipa::path(get, path = "/api/v1/courses/taught",
    params(Taught, ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<CourseView>),
        (status = 403, description = "Only administrators see those of everybody"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Query(asked): Query<Taught>,
    page: Page,
) -> Result<Response, Problem> {
    if asked.everybody && !caller.has(Role::Admin) {
        return Err(Problem::forbidden("Only administrators see the courses of everybody."));
    }
    let found = courses::wanted(courses::Wanted {
        instructor: (!asked.everybody).then_some(caller.user_id),
        status: asked.status,
        draft_status: asked.draft_status,
        before: page.after::<Before>()?.map(|before| before.id),
        limit: page.rows_to_fetch(),
    })?;
    Ok(page.answer(found, |course| Before { id: course.id }, CourseView::from))
}
