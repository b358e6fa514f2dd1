//! The SQL of competencies, as progress tells of them.

use std::collections::BTreeMap;

use lyceum_event_types::progress::{CompetencyDefined, CompetencyRemoved};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const COMPETENCIES: ReadModel = ReadModel::of("competencies_seen", &["competency_id"], "progress_sequence");

/// A competency is called so now.
pub(crate) fn defined(projection: &Projection<'_>, told: &CompetencyDefined) -> Result<(), EventError> {
    named(projection, told.competency_id, Some(&told.competency_name))
}

/// A competency is gone.
pub(crate) fn removed(projection: &Projection<'_>, told: &CompetencyRemoved) -> Result<(), EventError> {
    named(projection, told.competency_id, None)
}

fn named(projection: &Projection<'_>, competency_id: Uuid, name: Option<&str>) -> Result<(), EventError> {
    projection.upsert(&COMPETENCIES, params![competency_id], &[("name", name.into_value())]).commit()
}

/// The names of those of these competencies that there are.
pub(crate) fn names(ids: &[Uuid]) -> Result<BTreeMap<Uuid, String>, SqlError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let text = format!(
        "SELECT competency_id, name FROM competencies_seen WHERE competency_id IN ({}) AND name IS NOT NULL",
        places.join(", ")
    );
    let found: Vec<Named> = query_all(statement(text, ids.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Named { competency_id, name }| (competency_id, name)).collect())
}

struct Named {
    competency_id: Uuid,
    name: String,
}
from_row!(Named { competency_id, name });
