//! Who borrowed what kind of book, as lendings tell it.

use lyceum_event_types::lendings::LendingStarted;
use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const LENDINGS: ReadModel = ReadModel::of("lendings_seen", &["lending_id"], "lendings_sequence");

/// A lending began. Those of people who were erased are not kept.
pub(crate) fn lent(projection: &Projection<'_>, lending: &LendingStarted) -> Result<(), EventError> {
    if erasure::is_erased(lending.user_id)? {
        return Ok(());
    }
    let values = [
        ("user_id", lending.user_id.into_value()),
        ("genre_id", lending.genre_id.into_value()),
        ("started_on", (&lending.started_on).into_value()),
    ];
    projection.upsert(&LENDINGS, params![lending.lending_id], &values).commit()
}
