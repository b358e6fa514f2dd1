//! Messages in the database. Each statement names the inbox's owner, so that nobody reaches
//! another's.

use lyceum_kit::{
    list::{Filter, List, Listing, Order, Scope},
    prelude::*,
};

use crate::domain::Message;
use crate::letter::Letter;

from_row!(Message { id, kind, title, content, created_at, read_at });

/// A new message.
pub(crate) fn insert_message(id: Uuid, user_id: UserId, letter: &Letter, now: Timestamp) -> Statement {
    let text = "INSERT INTO messages (id, user_id, kind, title, content, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6)";
    statement(text, params![id, user_id, letter.kind(), letter.title(), letter.content(), now])
}

/// A user's messages, newest first.
pub(crate) struct Inbox;

impl Listing for Inbox {
    type Row = Message;
    const LIST: List = List::of(
        "messages",
        "id, kind, title, content, created_at, read_at",
        "id",
        Order::text("id").descending(),
    )
    .filters(&[Filter::flag("unread", "read_at IS NULL").describe("Only those that are not read.")]);
}

/// What is in this user's inbox.
pub(crate) fn inbox(user: UserId) -> Scope {
    Scope::all().equal("user_id", user)
}

/// A message of a user.
pub(crate) fn find_message(user: UserId, id: Uuid) -> Result<Option<Message>, SqlError> {
    let text = "SELECT id, kind, title, content, created_at, read_at FROM messages \
                WHERE user_id = $1 AND id = $2";
    query_optional(statement(text, params![user, id]))
}

/// How many messages a user has not read.
pub(crate) fn count_unread(user: UserId) -> Result<u32, SqlError> {
    let text =
        "SELECT CAST(COUNT(*) AS BIGINT) AS unread FROM messages WHERE user_id = $1 AND read_at IS NULL";
    query_one::<(u32,)>(statement(text, params![user])).map(|(unread,)| unread)
}

/// A message of a user is gone.
pub(crate) fn delete_message(user: UserId, id: Uuid) -> Statement {
    statement("DELETE FROM messages WHERE user_id = $1 AND id = $2", params![user, id])
}

/// Marks one message as read; the first time counts.
pub(crate) fn mark_read(user: UserId, id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE messages SET read_at = $3 WHERE user_id = $1 AND id = $2 AND read_at IS NULL";
    statement(text, params![user, id, now])
}

/// Marks every message of a user as read.
pub(crate) fn mark_all_read(user: UserId, now: Timestamp) -> Statement {
    let text = "UPDATE messages SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL";
    statement(text, params![user, now])
}
