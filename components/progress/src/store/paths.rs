//! Learning paths, as courses tells of them, and how far somebody is in their courses.

use lyceum_event_types::courses::LearningPathChanged;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

use crate::domain::path::{Reached, SeenPath};

const PATHS: ReadModel = ReadModel::of("paths_seen", &["learning_path_id"], "courses_sequence");

from_row!(SeenPath { learning_path_id, title, is_open, courses, removed });
from_row!(Reached { course_id, percent, started_at, completed_at, last_activity_at });

/// A path is so now.
pub(crate) fn changed(projection: &Projection<'_>, path: &LearningPathChanged) -> Result<(), EventError> {
    let values = [
        ("title", path.title.as_str().into_value()),
        ("is_open", path.is_open.into_value()),
        ("courses", AsJson(&path.courses).into_value()),
        ("removed", false.into_value()),
    ];
    projection.upsert(&PATHS, params![path.learning_path_id], &values).commit()
}

/// A path is gone.
pub(crate) fn deleted(projection: &Projection<'_>, learning_path_id: Uuid) -> Result<(), EventError> {
    let values = [
        ("title", "".into_value()),
        ("is_open", false.into_value()),
        ("courses", "[]".into_value()),
        ("removed", true.into_value()),
    ];
    projection.upsert(&PATHS, params![learning_path_id], &values).commit()
}

/// A path, and how far somebody is in whatever courses.
pub(crate) fn find(
    learning_path_id: Uuid,
    user_id: UserId,
) -> Result<Option<(SeenPath, Vec<Reached>)>, SqlError> {
    let path = "SELECT learning_path_id, title, is_open, courses, removed FROM paths_seen WHERE learning_path_id = $1";
    let reached = "SELECT course_id, percent, started_at, completed_at, last_activity_at FROM course_progress \
                   WHERE user_id = $1";
    let sets = query(vec![statement(path, params![learning_path_id]), statement(reached, params![user_id])])?;
    let mut sets = sets.into_iter();
    let path: Option<SeenPath> = sets.next().unwrap_or_default().optional()?;
    let reached = sets.next().unwrap_or_default().all()?;
    Ok(path.filter(|path| !path.removed).map(|path| (path, reached)))
}
