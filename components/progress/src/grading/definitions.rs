//! Quizzes and assignments, asked for once: a published version never changes.

use lyceum_kit::http::Service;
use lyceum_kit::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::domain::attempts::Place;
use crate::domain::grading::assignment::Assignment;
use crate::domain::grading::quiz::Quiz;
use crate::store::definitions;

/// A quiz or an assignment of a version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which {
    pub(crate) item_id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
}

impl Which {
    pub(crate) const fn at(place: &Place, item_id: Uuid) -> Self {
        Self { item_id, course_id: place.course_id, course_version: place.course_version }
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Problem> {
    lyceum_kit::json::from_slice(body.as_bytes()).map_err(|error| {
        log::error(format!("a definition of courses can't be read: {error}"));
        Problem::internal()
    })
}

/// The definition with its body. `courses` is asked if it isn't known yet.
fn definition<T: DeserializeOwned>(
    by: &WithoutOnce,
    which: Which,
    (kind, folder): (&'static str, &str),
    due_at: fn(&T) -> Option<Timestamp>,
) -> Result<T, Problem> {
    let Which { item_id, course_id, course_version } = which;
    if let Some(body) = definitions::body(item_id, course_id, course_version)? {
        return read(&body);
    }
    let path = format!("/internal/courses/{course_id}/versions/{course_version}/{folder}/{item_id}");
    let body: Box<RawValue> = Service::new("courses").get(&path)?;
    let definition: T = read(body.get())?;
    let key = (item_id, course_id, course_version);
    by.begin().execute(definitions::keep(key, kind, due_at(&definition), body.get())).commit()?;
    Ok(definition)
}

/// A quiz with its answers.
pub(crate) fn quiz(by: &WithoutOnce, which: Which) -> Result<Quiz, Problem> {
    definition(by, which, ("quiz", "quizzes"), |_| None)
}

/// An assignment.
pub(crate) fn assignment(by: &WithoutOnce, which: Which) -> Result<Assignment, Problem> {
    definition(by, which, ("assignment", "assignments"), |assignment: &Assignment| assignment.due_at)
}
