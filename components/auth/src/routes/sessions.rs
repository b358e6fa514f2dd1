//! A person's own sessions.

use lyceum_event_types::auth::EndReason;
use lyceum_kit::prelude::*;
use serde::Serialize;

use crate::store;

/// A session that lasts.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SessionView {
    session_id: Uuid,
    /// The one that this request belongs to.
    current: bool,
    created_at: Timestamp,
    refreshed_at: Timestamp,
    expires_at: Timestamp,
}

/// Every session of the caller.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Sessions {
    items: Vec<SessionView>,
}

/// Signs out: ends the session of this request.
///
/// Repeated, it is 204, or 401 once everybody has heard that the session ended: either way the caller is
/// signed out.
#[utoipa::path(post, path = "/api/v1/auth/logout", responses((status = 204, description = "Signed out")))]
pub(super) async fn logout(context: Context, caller: Caller) -> Result<Response, Problem> {
    let Some(session) = current(&caller) else { return Ok(no_content()) };
    end(&context, &caller, session).map(|ended| ended.unwrap_or_else(no_content))
}

/// The caller's sessions, newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", responses((status = 200, body = Sessions)))]
pub(super) async fn list_sessions(caller: Caller) -> Result<Response, Problem> {
    let current = current(&caller);
    let sessions = store::live_sessions(caller.user_id.uuid(), clock::now())?;
    let items = sessions.into_iter().map(|session| SessionView {
        session_id: session.id,
        current: Some(session.id) == current,
        created_at: session.created_at,
        refreshed_at: session.refreshed_at,
        expires_at: session.expires_at,
    });
    Ok(Json(Sessions { items: items.collect() }).into_response())
}

/// Ends one of the caller's sessions.
///
/// Repeated with the same `Idempotency-Key`, it is 204 again; without one it is 404, since the session is gone.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Ended"),
    (status = 404, description = "The caller has no such session"),
))]
pub(super) async fn end_session(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    end(&context, &caller, id)?.ok_or_else(|| Problem::not_found("You have no such session."))
}

/// Ends a session of the caller; `None` when there is no such session that lasts.
fn end(context: &Context, caller: &Caller, session: Uuid) -> Result<Option<Response>, Problem> {
    let (user, now) = (caller.user_id.uuid(), clock::now());
    if !store::live_sessions(user, now)?.iter().any(|live| live.id == session) {
        return Ok(None);
    }
    store::end_session(context.begin(), user, session, now, EndReason::SignedOut)
        .respond(no_content())
        .commit()
        .map(Some)
}

fn current(caller: &Caller) -> Option<Uuid> {
    caller.session_id.as_deref()?.parse().ok()
}

/// Whether a session lasts, for tokens that live longer than the gateway remembers ended sessions.
#[utoipa::path(get, path = "/sessions/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "It lasts"),
    (status = 404, description = "There is no such session, or it has ended"),
))]
pub(super) async fn check_session(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    if store::lasts(id, clock::now())? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(Problem::not_found("There is no such session that lasts."))
    }
}
