//! How many there are and are complete.

use std::collections::BTreeMap;

use lyceum_event_types::courses::PublishedLesson;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lesson::LessonState;
use super::outline::Outline;
use super::percent::Percent;

/// Lessons, and what of them are quizzes and assignments.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct LessonCounts {
    pub(crate) total_lessons: u32,
    pub(crate) completed_lessons: u32,
    pub(crate) total_quizzes: u32,
    pub(crate) completed_quizzes: u32,
    pub(crate) total_assignments: u32,
    pub(crate) completed_assignments: u32,
}

/// The same of a course, with its modules.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct Counts {
    pub(crate) total_modules: u32,
    pub(crate) completed_modules: u32,
    #[serde(flatten)]
    pub(crate) lessons: LessonCounts,
}

/// How far somebody is in the lessons of a course, by lesson.
pub(crate) type States = BTreeMap<Uuid, LessonState>;

fn completed(states: &States, lesson: &PublishedLesson) -> bool {
    states.get(&lesson.lesson_id).is_some_and(|state| state.completed_at.is_some())
}

impl LessonCounts {
    pub(crate) fn of(lessons: &[PublishedLesson], states: &States) -> Self {
        let mut counts = Self::default();
        for lesson in lessons {
            let done = u32::from(completed(states, lesson));
            counts.total_lessons += 1;
            counts.completed_lessons += done;
            if lesson.quiz_id.is_some() {
                counts.total_quizzes += 1;
                counts.completed_quizzes += done;
            }
            if lesson.assignment_id.is_some() {
                counts.total_assignments += 1;
                counts.completed_assignments += done;
            }
        }
        counts
    }

    /// Of both.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            total_lessons: self.total_lessons + other.total_lessons,
            completed_lessons: self.completed_lessons + other.completed_lessons,
            total_quizzes: self.total_quizzes + other.total_quizzes,
            completed_quizzes: self.completed_quizzes + other.completed_quizzes,
            total_assignments: self.total_assignments + other.total_assignments,
            completed_assignments: self.completed_assignments + other.completed_assignments,
        }
    }

    /// Whether there is something, and all of it is complete.
    pub(crate) const fn are_complete(self) -> bool {
        self.total_lessons > 0 && self.completed_lessons == self.total_lessons
    }
}

impl Counts {
    pub(crate) fn of(outline: &Outline, states: &States) -> Self {
        let mut counts = Self::default();
        for module in &outline.modules {
            let lessons = LessonCounts::of(&module.lessons, states);
            // What has nothing to be learned is not in anybody's way.
            counts.total_modules += u32::from(lessons.total_lessons > 0);
            counts.completed_modules += u32::from(lessons.are_complete());
            counts.lessons = counts.lessons.plus(lessons);
        }
        counts
    }
}

/// The mean of the lessons, of which each counts the same.
pub(crate) fn percent_of<'l>(
    lessons: impl IntoIterator<Item = &'l PublishedLesson>,
    states: &States,
) -> Percent {
    let percents = lessons.into_iter().map(|lesson| states.get(&lesson.lesson_id).map(|state| state.percent));
    Percent::mean(percents.map(Option::unwrap_or_default))
}
