//! What becomes of an enrolment, as it happens: by server-sent events, by a WebSocket, and by long polls.

use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use super::seeing;
use crate::live::{Told, all, one};

/// How long a poll waits, in seconds.
const WAIT: u16 = 30;
/// How the host is told to hold an answer (GRIP), and in which form it gives it.
const HOLD: HeaderName = HeaderName::from_static("grip-hold");
const TIMEOUT: HeaderName = HeaderName::from_static("grip-timeout");
const ANSWER: HeaderName = HeaderName::from_static("grip-answer");

/// Tells what becomes of an enrolment: first how far it is, and then each change.
///
/// A stream of server-sent events, or a WebSocket if the client asks for one. The first event says how far the enrolment is now. Who
/// comes back says the `Last-Event-ID`, and gets what came meanwhile; if that isn't known any more, there is an event `reset`.
#[utoipa::path(get, path = "/api/enrollments/{id}/status", operation_id = "enrollment_status",
    params(
        ("id" = Uuid, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the client had"),
    ),
    responses(
        (status = 200, body = Told, content_type = "text/event-stream"),
        (status = 404, description = "There is no such enrolment that the caller may see"),
        (status = 429, description = "The caller has too many streams open"),
        (status = 501, description = "This deployment keeps no streams"),
    ))]
pub(super) async fn stream(caller: Caller, Path(id): Path<Uuid>, live: Live) -> Result<Response, Problem> {
    let told = Told::of(&seeing::enrollment(&caller, id)?.enrollment);
    let data = serde_json::to_string(&told).map_err(|_| Problem::internal())?;
    let mut response = live.hold(&[one(id)]);
    *response.body_mut() = Body::from(format!("event: {}\ndata: {data}\n\n", told.kind()));
    Ok(response)
}

/// What the client knows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Known {
    /// The `id` of the last event that the client had; not given the first time.
    #[serde(rename = "lastEventId")]
    last_event_id: Option<i64>,
}

/// Waits for the next thing that becomes of an enrolment, 30 seconds at most.
///
/// Who knows nothing, or something older, is told at once how far it is.
#[utoipa::path(get, path = "/api/enrollments/{id}/poll", operation_id = "poll_enrollment", params(("id" = Uuid, Path), Known),
    responses(
        (status = 200, body = Told),
        (status = 204, description = "Nothing happened: ask again"),
        (status = 404, description = "There is no such enrolment that the caller may see"),
        (status = 429, description = "The caller has too many streams open"),
        (status = 501, description = "This deployment keeps no streams"),
    ))]
pub(super) async fn poll(
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(known): Query<Known>,
    live: Live,
) -> Result<Response, Problem> {
    let enrollment = seeing::enrollment(&caller, id)?.enrollment;
    if known.last_event_id != Some(enrollment.version) {
        return Ok(Json(Told::of(&enrollment)).into_response());
    }
    Ok(held_for_one_event(live.hold(&[one(id)])))
}

/// Has the host hold an answer until there is a message, whose data it is then; 204 if none comes.
fn held_for_one_event(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HOLD, HeaderValue::from_static("response"));
    headers.insert(ANSWER, HeaderValue::from_static("event"));
    headers.insert(TIMEOUT, HeaderValue::from(WAIT));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Tells what becomes of all enrolments of the caller.
///
/// A WebSocket that tells: each text is a JSON object with `id`, `event` and `data`, of which the last is as it is in the other ways. What
/// a client wants to say, it says by a request. Without the headers of a WebSocket it is a stream of server-sent events.
#[utoipa::path(get, path = "/api/enrollment-ws", operation_id = "enrollment_socket", responses(
    (status = 200, body = Told, content_type = "text/event-stream"),
    (status = 429, description = "The caller has too many streams open"),
    (status = 501, description = "This deployment keeps no streams"),
))]
pub(super) async fn socket(caller: Caller, live: Live) -> Response {
    live.hold(&[all(caller.user_id)])
}
