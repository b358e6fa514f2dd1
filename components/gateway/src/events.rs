//! What the gateway does on events: it notes which sessions have ended.

use lyceum_event_types::auth::SessionsEnded;
use lyceum_kit::{prelude::*, projection::Projection};

use crate::authentication::revocation;

/// Notes them. Doing so again changes nothing.
pub(crate) fn sessions_ended(_: &Projection<'_>, ended: &SessionsEnded) -> Result<(), EventError> {
    Ok(revocation::note(&ended.session_ids, ended.ended_at)?)
}
