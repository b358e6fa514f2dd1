//! What people are able to do.

use std::collections::BTreeMap;

use lyceum_event_types::progress::CompetencyAcquired;
use lyceum_kit::erasure::is_erased;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const COMPETENCIES: ReadModel =
    ReadModel::of("competencies_seen", &["user_id", "competency_id"], "progress_sequence");

/// Somebody is so far now.
pub(crate) fn competency_acquired(
    projection: &Projection<'_>,
    acquired: &CompetencyAcquired,
) -> Result<(), EventError> {
    if is_erased(acquired.user_id)? {
        return Ok(());
    }
    let key = params![acquired.user_id, acquired.competency_id];
    projection.upsert(&COMPETENCIES, key, &[("level", acquired.level.into_value())]).commit()
}

struct Reached {
    competency_id: Uuid,
    level: i64,
}
from_row!(Reached { competency_id, level });

/// How far somebody is in each competency of which anything shows it.
pub(crate) fn competencies_of(user_id: UserId) -> Result<BTreeMap<Uuid, i64>, SqlError> {
    let text = "SELECT competency_id, level FROM competencies_seen WHERE user_id = $1";
    let found: Vec<Reached> = query_all(statement(text, params![user_id]))?;
    Ok(found.into_iter().map(|Reached { competency_id, level }| (competency_id, level)).collect())
}
