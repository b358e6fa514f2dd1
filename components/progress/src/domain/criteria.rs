//! When a course is complete, and why it isn't yet.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::counts::States;
use super::outline::Outline;
use super::percent::Percent;
use super::seen::ItemResult;

const CRITERIA: usize = 20;
const LESSONS: usize = 500;
const TIME: i64 = 36_000_000;

text_enum! {
    /// Which of several.
    pub(crate) enum Which {
        /// Each of them.
        All = "all",
        /// One of them is enough.
        Any = "any",
    }
}

/// One thing that has to be so.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Criterion {
    /// Lessons are completed: all of the course's, or those that are named. Those that the learner's version doesn't have are not
    /// asked for.
    Lessons {
        /// All of them, or any one.
        which: Which,
        /// None names all of the course's. At most 500.
        #[serde(default)]
        lesson_ids: Vec<Uuid>,
    },
    /// So much time was spent in the course's lessons.
    MinimumTime {
        /// 1 to 36,000,000.
        #[schema(minimum = 1, maximum = 36_000_000)]
        seconds: i64,
    },
    /// A quiz was passed.
    QuizPassed { quiz_id: Uuid },
    /// An assignment was graded with so much, or more.
    AssignmentGraded {
        assignment_id: Uuid,
        /// In percent of what can be reached.
        minimum_score: Percent,
    },
    /// This moment has come.
    Date { at: Timestamp },
    /// An instructor says so.
    Manual,
    /// Another course was completed.
    CourseCompleted { course_id: Uuid },
}

/// What completes a course, as it is set.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriteriaFields {
    /// Whether all of the criteria have to be so, or any one.
    pub(crate) combination: Which,
    /// 1 to 20.
    pub(crate) criteria: Vec<Criterion>,
}

impl Default for CriteriaFields {
    /// Where nothing is said, all lessons complete a course.
    fn default() -> Self {
        let lessons = Criterion::Lessons { which: Which::All, lesson_ids: Vec::new() };
        Self { combination: Which::All, criteria: vec![lessons] }
    }
}

impl CriteriaFields {
    pub(crate) fn checked(self, course_id: Uuid) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let few = (1..=CRITERIA).contains(&self.criteria.len());
        valid.check("/criteria", few, "OUT_OF_RANGE", "Must be 1 to 20.");
        for (at, criterion) in self.criteria.iter().enumerate() {
            let pointer = |field: &str| format!("/criteria/{at}/{field}");
            match criterion {
                Criterion::Lessons { lesson_ids, .. } => {
                    let few = lesson_ids.len() <= LESSONS;
                    valid.check(&pointer("lesson_ids"), few, "TOO_MANY", "At most 500.");
                }
                Criterion::MinimumTime { seconds } => {
                    let fits = (1..=TIME).contains(seconds);
                    valid.check(&pointer("seconds"), fits, "OUT_OF_RANGE", "Must be from 1 to 36,000,000.");
                }
                Criterion::CourseCompleted { course_id: other } => {
                    let another = *other != course_id;
                    valid.check(
                        &pointer("course_id"),
                        another,
                        "CYCLE",
                        "A course is not complete before itself.",
                    );
                }
                Criterion::QuizPassed { .. }
                | Criterion::AssignmentGraded { .. }
                | Criterion::Date { .. }
                | Criterion::Manual => {}
            }
        }
        valid.into_result()?;
        Ok(self)
    }

    pub(crate) fn wants_declaration(&self) -> bool {
        self.criteria.contains(&Criterion::Manual)
    }
}

/// What is known of a learner in a course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'k> {
    pub(crate) outline: &'k Outline,
    pub(crate) states: &'k States,
    pub(crate) results: &'k [ItemResult],
    pub(crate) time_spent: i64,
    /// Whether an instructor declared it complete.
    pub(crate) declared: bool,
    pub(crate) completed_courses: &'k BTreeSet<Uuid>,
    pub(crate) now: Timestamp,
}

/// A criterion, and whether it is so.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Judged {
    pub(crate) criterion: Criterion,
    pub(crate) met: bool,
    /// Whether the learner's version has what is asked for; what it doesn't have counts as met.
    pub(crate) applies: bool,
    /// Lessons that are still to be completed; 50 at most are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) open_lesson_ids: Vec<Uuid>,
}

const NAMED: usize = 50;

impl Criterion {
    fn judged(&self, known: &Known<'_>) -> Judged {
        let judged =
            |met, applies| Judged { criterion: self.clone(), met, applies, open_lesson_ids: Vec::new() };
        let result = |item_id: &Uuid| known.results.iter().find(|result| result.item_id == *item_id);
        match self {
            Self::Lessons { which, lesson_ids } => {
                let wanted: Vec<Uuid> = known
                    .outline
                    .lessons()
                    .map(|(_, lesson)| lesson.lesson_id)
                    .filter(|id| lesson_ids.is_empty() || lesson_ids.contains(id))
                    .collect();
                let is_open =
                    |id: &Uuid| known.states.get(id).is_none_or(|state| state.completed_at.is_none());
                let open: Vec<Uuid> = wanted.iter().copied().filter(is_open).collect();
                let met = match which {
                    Which::All => open.is_empty(),
                    Which::Any => open.len() < wanted.len() || wanted.is_empty(),
                };
                let named = if met { Vec::new() } else { open.into_iter().take(NAMED).collect() };
                Judged { open_lesson_ids: named, ..judged(met, !wanted.is_empty()) }
            }
            Self::MinimumTime { seconds } => judged(known.time_spent >= *seconds, true),
            Self::QuizPassed { quiz_id } => {
                let applies = known.outline.with_item(*quiz_id).is_some();
                judged(!applies || result(quiz_id).is_some_and(|result| result.passed), applies)
            }
            Self::AssignmentGraded { assignment_id, minimum_score } => {
                let applies = known.outline.with_item(*assignment_id).is_some();
                let enough = result(assignment_id).is_some_and(|result| result.score >= *minimum_score);
                judged(!applies || enough, applies)
            }
            Self::Date { at } => judged(known.now >= *at, true),
            Self::Manual => judged(known.declared, true),
            Self::CourseCompleted { course_id } => judged(known.completed_courses.contains(course_id), true),
        }
    }
}

impl CriteriaFields {
    /// Each criterion, and whether all of it completes the course. Nothing completes a course of which nothing is known.
    pub(crate) fn judged(&self, known: &Known<'_>) -> (bool, Vec<Judged>) {
        let judged: Vec<Judged> = self.criteria.iter().map(|criterion| criterion.judged(known)).collect();
        let complete = match self.combination {
            Which::All => judged.iter().all(|one| one.met),
            // What the version doesn't have is not what completes it.
            Which::Any => judged.iter().any(|one| one.met && one.applies),
        };
        (complete && !known.outline.is_empty(), judged)
    }
}
