//! The caller's inbox, as it happens.

use lyceum_kit::prelude::*;

use crate::live::{MessageArrived, inbox};

/// Tells of the caller's messages as they arrive.
///
/// A stream of server-sent events, or a WebSocket if the client asks for one, with an event `message-arrived` for each.
/// With `Prefer: wait=25` one answer, once there is a message or after so many seconds (55 at most): `messages`, each with `id`,
/// `event` and `data`, and `last_event_id`. Who comes back says that id, and gets what came meanwhile; if that isn't known any more,
/// there is an event `reset` (in an answer `"reset": true`), and the list has to be read. A stream ends with its token.
#[utoipa::path(get, path = "/api/v1/notifications/stream",
    params(
        ("Prefer" = Option<String>, Header, description = "`wait=25` for one answer instead of a stream"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the client had"),
    ),
    responses(
        (status = 200, body = MessageArrived, content_type = "text/event-stream"),
        (status = 429, description = "The caller has too many streams open"),
        (status = 501, description = "This deployment keeps no streams"),
    ))]
pub(super) async fn stream(caller: Caller, live: Live) -> Response {
    live.hold(&[inbox(caller.user_id)])
}
