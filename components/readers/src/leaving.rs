//! Somebody is to be a reader no more.
//!
//! Lendings alone knows what they have and owe, and that may change at any moment. So it is asked at this very moment, and nothing
//! is deleted that it doesn't agree to; once it has, it lends them nothing for two minutes, which is longer than a request
//! lasts. While it can't be asked, nobody is deleted.

use lyceum_kit::http::{CallError, Service};
use lyceum_kit::prelude::*;

use crate::domain::Reader;

/// Who knows what readers have and owe.
const LENDINGS: &str = "lendings";

/// Fails if they have or owe something, with what that is, or if lendings doesn't answer.
pub(crate) fn settle(reader: &Reader) -> Result<(), Problem> {
    let path = format!("/borrowers/{}/removals/{}", reader.user_id, reader.id);
    Service::new(LENDINGS).put::<_, ()>(&path, &()).map_err(|error| match error {
        CallError::Refused(refusal) if refusal.status == StatusCode::CONFLICT => refusal.to_problem(),
        error => error.into(),
    })
}
