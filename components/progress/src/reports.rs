//! A class as a file.

use lyceum_event_types::progress::JobContinued;
use lyceum_kit::job::{self, Export, Kind};
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Cell;

use crate::domain::course::CourseProgress;
use crate::store::reports::Class;

const COLUMNS: [&str; 11] = [
    "user_id",
    "name",
    "course_version",
    "status",
    "percent_complete",
    "completed_lessons",
    "total_lessons",
    "time_spent",
    "started_at",
    "completed_at",
    "last_activity_at",
];

pub(crate) static CLASS: Export<Class> = Export::new("class", &COLUMNS, |row: CourseProgress| {
    let lessons = row.counts.0.lessons;
    vec![
        row.user_id.to_string().into(),
        Cell::from(row.learner_name.clone()),
        number(row.course_version),
        row.status().name().to_owned().into(),
        Cell::Number(row.percent.number()),
        Cell::Number(lessons.completed_lessons.into()),
        Cell::Number(lessons.total_lessons.into()),
        number(row.time_spent),
        moment(row.started_at),
        moment(row.completed_at),
        moment(row.last_activity_at),
    ]
});

fn number(number: i64) -> Cell {
    i32::try_from(number)
        .map_or_else(|_| Cell::Text(number.to_string()), |number| Cell::Number(number.into()))
}

fn moment(moment: Option<Timestamp>) -> Cell {
    moment.map_or(Cell::Empty, Cell::Moment)
}

/// All that progress works on.
const KINDS: &[&dyn Kind] = &[&CLASS];

pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// Goes on with those that no event drives any more.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    job::run_due(by, KINDS)
}
