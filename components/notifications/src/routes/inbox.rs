//! The caller's own inbox.

use lyceum_event_types::notifications::Kind;
use lyceum_kit::{list::ListQuery, prelude::*};
use serde::Serialize;

use crate::domain::Message;
use crate::store::{self, Inbox};

/// A message.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MessageView {
    id: Uuid,
    kind: Kind,
    title: String,
    /// Plain text.
    content: String,
    created_at: Timestamp,
    /// Null until it was read.
    read_at: Option<Timestamp>,
}

/// How many messages are not read.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Unread {
    unread: u32,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        let Message { id, kind, title, content, created_at, read_at } = message;
        Self { id, kind, title, content, created_at, read_at }
    }
}

/// The caller's messages, newest first.
#[utoipa::path(get, path = "/api/v1/notifications", params(ListQuery<Inbox>),
    responses((status = 200, body = Listed<MessageView>)))]
pub(super) async fn list(caller: Caller, query: ListQuery<Inbox>) -> Result<Response, Problem> {
    query.answer_within(&store::inbox(caller.user_id), MessageView::from)
}

/// How many of the caller's messages are not read.
#[utoipa::path(get, path = "/api/v1/notifications/unread-count", responses((status = 200, body = Unread)))]
pub(super) async fn unread_count(caller: Caller) -> Result<Response, Problem> {
    Ok(Json(Unread { unread: store::count_unread(caller.user_id)? }).into_response())
}

/// One of the caller's messages.
#[utoipa::path(get, path = "/api/v1/notifications/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = MessageView),
    (status = 404, description = "The caller has no such message"),
))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let message = find(&caller, id)?;
    Ok(tagged(&tag(&message), Json(MessageView::from(message))))
}

/// A message changes once, when it is read.
fn tag(message: &Message) -> EntityTag {
    EntityTag::of_version(if message.read_at.is_some() { 2 } else { 1 })
}

/// Marks one message as read.
#[utoipa::path(put, path = "/api/v1/notifications/{id}/read", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Read"),
    (status = 404, description = "The caller has no such message"),
    (status = 412, description = "`If-Match` was given and is no longer the message's state"),
))]
pub(super) async fn read(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let message = find(&caller, id)?;
    conditions.check(&tag(&message))?;
    let marked = store::mark_read(caller.user_id, message.id, clock::now());
    context.begin().execute(marked).respond(no_content()).commit()
}

/// Deletes one of the caller's messages.
#[utoipa::path(delete, path = "/api/v1/notifications/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "The caller has no such message"),
    (status = 412, description = "`If-Match` was given and is no longer the message's state"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let message = find(&caller, id)?;
    conditions.check(&tag(&message))?;
    let deleted = store::delete_message(caller.user_id, message.id);
    context.begin().execute(deleted).respond(no_content()).commit()
}

/// Marks all of the caller's messages as read.
#[utoipa::path(put, path = "/api/v1/notifications/read-all", responses((status = 204, description = "Read")))]
pub(super) async fn read_all(context: Context, caller: Caller) -> Result<Response, Problem> {
    let marked = store::mark_all_read(caller.user_id, clock::now());
    context.begin().execute(marked).respond(no_content()).commit()
}

fn find(caller: &Caller, id: Uuid) -> Result<Message, Problem> {
    store::find_message(caller.user_id, id)?.ok_or_else(|| Problem::not_found("You have no such message."))
}
