//! Whether the session of a long-lived token lasts: auth is asked once a minute at most, and a token that it can't be
//! asked about is let pass, as those are whose keys are known.
//!
//! That a session ended is known at once from [`super::revocation`]; this is for when that has been forgotten.

use std::time::Duration;

use http::{Request, StatusCode};
use lyceum_kit::{http::send_all_within, keyvalue::Bucket, prelude::*};

/// Sessions that were found to last, or that auth couldn't be asked about. Its entries live for a minute.
const BUCKET: &str = "lasting-sessions";
/// How long auth may take to answer.
const LIMIT: Duration = Duration::from_secs(2);

/// Whether it lasts, as far as that can be known.
pub(super) fn lasts(session: &str) -> bool {
    let bucket = Bucket::open(BUCKET).inspect_err(|error| log::warn(error.to_string())).ok();
    if bucket.as_ref().is_some_and(|bucket| bucket.exists(session).unwrap_or(false)) {
        return true;
    }
    if ask(session) == Some(StatusCode::NOT_FOUND) {
        return false;
    }
    if let Some(Err(error)) = bucket.map(|bucket| bucket.set(session, &[])) {
        log::warn(format!("that a session lasts can't be noted: {error}"));
    }
    true
}

/// What auth answers; nothing if it can't be asked.
fn ask(session: &str) -> Option<StatusCode> {
    // Only what auth itself signed comes here, so this is a path.
    let request =
        Request::get(format!("{}/sessions/{session}", service_url("auth"))).body(Body::empty()).ok()?;
    let (answer, _) = send_all_within(vec![request], LIMIT).pop()?;
    match answer {
        Ok(answer) => Some(answer.status()),
        Err(error) => {
            log::warn(format!("whether a session lasts can't be known: {error}"));
            None
        }
    }
}
