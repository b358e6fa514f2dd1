//! A person's progress, as it happens.

use lyceum_kit::prelude::*;

use super::seeing::missing;
use crate::live::{self, CourseChanged, LessonChanged};

/// Tells of the person's progress on their other devices.
///
/// A stream of server-sent events, or a WebSocket if the client asks for one, with events `lesson-changed` and `course-changed`. With
/// `Prefer: wait=25` one answer, once there is something or after so many seconds. After an event `reset` the resources are to be read
/// again. A stream ends with its token.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/stream",
    params(
        ("user_id" = String, Path, description = "`me` or a user id"),
        ("Prefer" = Option<String>, Header, description = "`wait=25` for one answer instead of a stream"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the client had"),
    ),
    responses(
        (status = 200, body = inline(Told), content_type = "text/event-stream"),
        (status = 404, description = "It is somebody else's"),
        (status = 501, description = "This deployment keeps no streams"),
    ))]
pub(super) async fn stream(
    caller: Caller,
    Path(user): Path<Subject>,
    live: Live,
) -> Result<Response, Problem> {
    Ok(live.hold(&[live::channel(user.owned_by(&caller, missing)?)]))
}

/// What is told.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "it describes")]
pub(super) enum Told {
    Lesson(LessonChanged),
    Course(CourseChanged),
}
