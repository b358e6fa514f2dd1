//! What those are told who wait for messages.

use lyceum_event_types::notifications::Kind;
use lyceum_kit::{live, prelude::*};
use serde::Serialize;

use crate::letter::Letter;

/// A message is in the inbox, not read yet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct MessageArrived {
    id: Uuid,
    kind: Kind,
    title: &'static str,
    /// Plain text.
    content: String,
    created_at: Timestamp,
}

impl live::Message for MessageArrived {
    const EVENT: &'static str = "message-arrived";
}

impl MessageArrived {
    pub(crate) fn new(id: Uuid, letter: &Letter, created_at: Timestamp) -> Self {
        Self { id, kind: letter.kind(), title: letter.title(), content: letter.content(), created_at }
    }
}

/// Where somebody is told of the messages in their inbox.
pub(crate) fn inbox(user: impl std::fmt::Display) -> Channel {
    Channel::of("inbox", user)
}
