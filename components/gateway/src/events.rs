//! What the gateway does on events: it notes which sessions have ended.

use lyceum_kit::prelude::*;
use serde::Deserialize;

use crate::authentication::revocation;

#[derive(Debug, Deserialize)]
struct SessionsEnded {
    session_ids: Vec<String>,
    ended_at: String,
}

/// Handles one event. Doing so again changes nothing.
pub(crate) fn on_event(received: &Received) -> Result<(), EventError> {
    match received.kind.as_str() {
        "lyceum.auth.SessionsEnded.v1" => {
            let ended: SessionsEnded = received.decode()?;
            Ok(revocation::note(&ended.session_ids, &ended.ended_at)?)
        }
        _ => Err(received.unknown()),
    }
}
