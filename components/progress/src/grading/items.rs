//! The quizzes and assignments of a course, as items of its gradebook.

use lyceum_event_types::courses::CoursePublished;
use lyceum_kit::prelude::*;

use super::definitions::{self, Which};
use crate::domain::gradebook::item::{Item, ItemKind};
use crate::domain::grading::assignment::Assignment;
use crate::domain::grading::quiz::Quiz;
use crate::store::gradebook::{self, items};

pub(crate) fn of_quiz(which: Which, quiz: &Quiz) -> Item {
    let version = (which.course_id, which.course_version);
    Item::of_course(which.item_id, version, ItemKind::Quiz, &quiz.title, quiz.points_possible())
}

pub(crate) fn of_assignment(which: Which, assignment: &Assignment) -> Item {
    let version = (which.course_id, which.course_version);
    Item::of_course(
        which.item_id,
        version,
        ItemKind::Assignment,
        &assignment.title,
        assignment.points_possible,
    )
}

/// A version was published: what it asks is known from now on, and stands in the gradebook.
pub(crate) fn published(received: &Received, published: &CoursePublished) -> Result<(), EventError> {
    let by = received.without_once();
    let lessons = published.modules.iter().flat_map(|module| &module.lessons);
    let mut found = Vec::new();
    for lesson in lessons {
        let which =
            |item_id| Which { item_id, course_id: published.course_id, course_version: published.version };
        if let Some(which) = lesson.quiz_id.map(which) {
            found.push(of_quiz(which, &definitions::quiz(&by, which)?));
        }
        if let Some(which) = lesson.assignment_id.map(which) {
            found.push(of_assignment(which, &definitions::assignment(&by, which)?));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let renewed = found.iter().map(items::renew);
    received.begin().execute_all(renewed).execute(gradebook::changed(published.course_id)).commit()?;
    Ok(())
}
