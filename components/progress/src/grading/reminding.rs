//! People are told once of each date on which work of theirs is due.

use std::time::Duration;

use lyceum_event_types::progress::AssignmentDueSoon;
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;

use super::definitions::{self, Which};
use crate::domain::submissions::Extension;
use crate::store::definitions::{Deadline, due, reminded, to_remind};
use crate::store::{definitions as known, submissions};

/// So long before.
const BEFORE: Duration = Duration::from_hours(24);
/// So many people an event tells of.
const PEOPLE: u16 = 50;
/// So many of these for an assignment at one go; the rest is left to the next tick.
const EVENTS: usize = 100;

/// Tells those who handed nothing in of what is due within a day.
pub(crate) fn remind(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    let soon = (now, now.plus(BEFORE));
    periodic::each(
        |due: &Deadline| format!("reminding of the assignment {}", due.item_id),
        |last| Ok(due(soon, last, periodic::BATCH)?),
        |due| remind_of(by, due),
    )?;
    periodic::each(
        |extension: &Extension| format!("reminding of the extension {}", extension.id),
        |last| Ok(submissions::extensions_due(soon, last, periodic::BATCH)?),
        |extension| remind_one(by, extension),
    )
    .map(drop)
}

fn remind_of(by: &WithoutOnce, due: &Deadline) -> Result<(), EventError> {
    let Deadline { item_id, course_id, course_version, due_at } = *due;
    for _ in 0..EVENTS {
        let people = to_remind(due, PEOPLE)?;
        if people.is_empty() {
            return Ok(());
        }
        tell(by, Which { item_id, course_id, course_version }, due_at, people)?;
    }
    Ok(())
}

fn remind_one(by: &WithoutOnce, extension: &Extension) -> Result<(), EventError> {
    let Extension { user_id, assignment_id, .. } = *extension;
    let Some(due_at) = extension.due_at else { return Ok(()) };
    let Some((enrollment, place)) = known::place(user_id, assignment_id, "assignment")? else {
        return Ok(());
    };
    if enrollment.ended {
        return Ok(());
    }
    tell(by, Which::at(&place, assignment_id), due_at, vec![user_id])
}

fn tell(
    by: &WithoutOnce,
    which: Which,
    due_date: Timestamp,
    user_ids: Vec<UserId>,
) -> Result<(), EventError> {
    let title = definitions::assignment(by, which)?.title;
    let (assignment_id, course_id) = (which.item_id, which.course_id);
    let told = user_ids.iter().map(|user_id| reminded(assignment_id, *user_id, due_date));
    let transaction = by.begin().execute_all(told.collect::<Vec<_>>());
    transaction
        .publish(&AssignmentDueSoon { assignment_id, course_id, title, due_date, user_ids })
        .commit()?;
    Ok(())
}
