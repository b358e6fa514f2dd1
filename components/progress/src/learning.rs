//! How what somebody does in a course is written: with all that follows of it, in one transaction.

use std::collections::BTreeMap;

use lyceum_event_types::progress::{CertificateIssued, CourseCompleted, LessonCompleted, ProgressUpdated};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use lyceum_kit::{erasure, random};

use crate::awarding;
use crate::cache;
use crate::domain::certificate::{self, Certificate};
use crate::domain::counts::{Counts, percent_of};
use crate::domain::course::CourseProgress;
use crate::domain::criteria::{Judged, Known};
use crate::domain::lesson::{LessonState, Update};
use crate::domain::outline::{Outline, item};
use crate::domain::percent::Percent;
use crate::live;
use crate::store::facts::{self, Facts};
use crate::store::{awards, due, rows};

/// A person in a course, and what is about to be written of them.
#[derive(Debug)]
pub(crate) struct Learning {
    pub(crate) facts: Facts,
    /// The course's row as it was read.
    read: CourseProgress,
    /// The lessons that were changed, as they were.
    before: BTreeMap<Uuid, Option<LessonState>>,
    now: Timestamp,
}

impl Learning {
    /// As it is now; none if the person doesn't learn there and never did.
    pub(crate) fn of(user_id: UserId, course_id: Uuid) -> Result<Option<Self>, SqlError> {
        let now = clock::now();
        let found = facts::of(user_id, course_id)?;
        Ok(found.map(|facts| Self::with(facts, now)))
    }

    fn with(facts: Facts, now: Timestamp) -> Self {
        let mut learning = Self { read: facts.row.clone(), facts, before: BTreeMap::new(), now };
        learning.take_results();
        learning.follow();
        learning
    }

    pub(crate) fn outline(&self) -> Option<&Outline> {
        self.facts.outline.as_ref()
    }

    /// How far they are in a lesson.
    pub(crate) fn state(&self, lesson_id: Uuid) -> Option<&LessonState> {
        self.facts.states.get(&lesson_id)
    }

    /// A lesson of their version is so much further.
    pub(crate) fn update(&mut self, lesson_id: Uuid, update: &Update) {
        self.merge(lesson_id, update);
        self.follow();
    }

    /// The course is complete as far as an instructor is asked.
    pub(crate) fn declare(&mut self, by: UserId) {
        let row = &mut self.facts.row;
        if row.declared_at.is_none() {
            row.declared_at = Some(self.now);
            row.declared_by = Some(by);
            row.started_at = row.started_at.or(Some(self.now));
        }
        self.follow();
    }

    /// The course is begun.
    pub(crate) fn begin(&mut self) {
        let row = &mut self.facts.row;
        row.started_at = row.started_at.or(Some(self.now));
        row.last_activity_at = row.last_activity_at.max(Some(self.now));
        row.active_at = self.now;
    }

    /// Whether the course is complete by its criteria, and each of them.
    pub(crate) fn judged(&self) -> (bool, Vec<Judged>) {
        let nothing = Outline::default();
        self.facts.criteria.judged(&Known {
            outline: self.outline().unwrap_or(&nothing),
            states: &self.facts.states,
            results: &self.facts.results,
            time_spent: self.time_spent(),
            declared: self.facts.row.declared_at.is_some(),
            completed_courses: &self.facts.completed_courses,
            now: self.now,
        })
    }

    fn merge(&mut self, lesson_id: Uuid, update: &Update) {
        let before = self.facts.states.get(&lesson_id).cloned();
        let after = LessonState::after(before.as_ref(), update);
        if before.as_ref() != Some(&after) {
            self.facts.states.insert(lesson_id, after);
            self.before.entry(lesson_id).or_insert(before);
        }
    }

    /// Lessons with a quiz or an assignment are completed by its result.
    fn take_results(&mut self) {
        let Some(outline) = self.outline() else { return };
        let passed = self.facts.results.iter().filter(|result| result.passed);
        let updates: Vec<(Uuid, Update)> = passed
            .filter_map(|result| {
                let (_, lesson) = outline.with_item(result.item_id)?;
                let state = self.facts.states.get(&lesson.lesson_id);
                let completed = state.is_some_and(|state| state.completed_at.is_some());
                (!completed).then(|| (lesson.lesson_id, Update::completing(result.decided_at)))
            })
            .collect();
        for (lesson_id, update) in updates {
            self.merge(lesson_id, &update);
        }
    }

    fn time_spent(&self) -> i64 {
        self.facts.states.values().fold(0, |sum, state| sum.saturating_add(state.time_spent()))
    }

    /// The course's row follows from all that is known. Nothing in it ever falls.
    fn follow(&mut self) {
        let Some(outline) = self.facts.outline.as_ref() else { return };
        let (percent, counts) = (
            percent_of(outline.lessons().map(|(_, lesson)| lesson), &self.facts.states),
            Counts::of(outline, &self.facts.states),
        );
        let time_spent = self.time_spent();
        let states = self.facts.states.values();
        let started = states.clone().map(|state| state.started_at).min();
        let active = states.map(|state| state.last_activity_at).max();
        let (complete, _) = self.judged();
        let version = self.facts.enrollment.course_version;
        let (now, ended) = (self.now, self.facts.enrollment.ended);
        let name = self.facts.holder_name.clone();
        let row = &mut self.facts.row;
        row.ended = ended;
        row.learner_name = name.or(row.learner_name.take());
        row.course_version = version;
        row.counts = AsJson(counts);
        row.percent = row.percent.max(percent);
        row.time_spent = row.time_spent.max(time_spent);
        row.started_at = row.started_at.into_iter().chain(started).min();
        row.last_activity_at = row.last_activity_at.max(active);
        row.active_at = row.last_activity_at.unwrap_or(row.active_at);
        if row.completed_at.is_none() && complete && !ended {
            row.completed_at = Some(now);
            row.completed_version = Some(version);
            row.started_at = row.started_at.or(Some(now));
        }
        if row.completed_at.is_some() {
            row.percent = Percent::FULL;
        }
    }

    /// Adds all that was changed, with what others are told of it. Misses a row if somebody else was quicker.
    pub(crate) fn write<E>(&self, transaction: Transaction<E>) -> Result<Transaction<E>, Problem> {
        let (row, read) = (&self.facts.row, &self.read);
        let (user_id, course_id) = (row.user_id, row.course_id);
        if self.before.is_empty() && row == read {
            return Ok(transaction);
        }
        let next = CourseProgress { version: row.version + 1, ..row.clone() };
        let own = if row.version == 0 { next.insert() } else { next.update() };
        let mut transaction = transaction
            .execute(erasure::unless_erased(user_id))
            .execute(own)
            .on_missing(Problem::changed_meanwhile)
            .on_unique("course_progress.enrollment_id", Problem::changed_meanwhile);
        let mut completed = 0_i64;
        for (lesson_id, before) in &self.before {
            let Some(state) = self.facts.states.get(lesson_id) else { continue };
            let version = self.facts.versions.get(lesson_id).copied().unwrap_or(0);
            transaction = transaction
                .execute(rows::write_lesson(user_id, course_id, *lesson_id, state, version))
                .on_missing(Problem::changed_meanwhile);
            completed += i64::from(is_completed(before.as_ref(), state));
            transaction = self.tell_of_lesson(transaction, *lesson_id, before.as_ref(), state);
        }
        let course_completed = row.completed_at.is_some() && read.completed_at.is_none();
        if course_completed {
            let certificate = self.certificate()?;
            transaction = transaction
                .publish(&self.course_completed())
                .execute(certificate.insert())
                .publish(&certificate_issued(&certificate))
                .execute(due::of_others(user_id, course_id, self.now));
        }
        if completed > 0 || course_completed {
            let courses = i64::from(course_completed);
            transaction = transaction
                .execute(rows::count(user_id, completed, courses, self.now))
                .execute(awards::due(user_id, self.now));
        }
        Ok(transaction.announce(&live::channel(user_id), &live::CourseChanged::of(row)))
    }

    /// What was kept for readers doesn't count any more, after a commit.
    pub(crate) fn forget(&self) {
        cache::forget(self.facts.row.user_id, self.facts.row.course_id);
    }

    /// What follows of what was committed: it may have earned the person something.
    pub(crate) fn follow_up(&self, context: &Context) {
        self.forget();
        let lesson = |(id, before): (&Uuid, &Option<LessonState>)| {
            self.facts.states.get(id).is_some_and(|state| is_completed(before.as_ref(), state))
        };
        let course = self.facts.row.completed_at.is_some() && self.read.completed_at.is_none();
        if course || self.before.iter().any(lesson) {
            awarding::award_now(context, self.facts.row.user_id);
        }
    }

    fn tell_of_lesson<E>(
        &self,
        transaction: Transaction<E>,
        lesson_id: Uuid,
        before: Option<&LessonState>,
        state: &LessonState,
    ) -> Transaction<E> {
        let Some((module_id, _)) = self.outline().and_then(|outline| outline.find(lesson_id)) else {
            return transaction;
        };
        let (user_id, course_id) = (self.facts.row.user_id, self.facts.row.course_id);
        let mut transaction = transaction.announce(
            &live::channel(user_id),
            &live::LessonChanged::of(course_id, module_id, lesson_id, state),
        );
        if before.map_or(Percent::default(), |before| before.percent) < state.percent {
            transaction = transaction.publish(&ProgressUpdated {
                user_id,
                course_id,
                module_id,
                lesson_id,
                percent_complete: state.percent.number(),
                course_percent_complete: self.facts.row.percent.number(),
                updated_at: self.now,
            });
        }
        if is_completed(before, state) {
            let completed_at = state.completed_at.unwrap_or(self.now);
            let completed = LessonCompleted { user_id, course_id, module_id, lesson_id, completed_at };
            transaction = transaction.publish(&completed);
        }
        transaction
    }

    fn course_completed(&self) -> CourseCompleted {
        let row = &self.facts.row;
        CourseCompleted {
            enrollment_id: row.enrollment_id,
            user_id: row.user_id,
            course_id: row.course_id,
            course_title: self.title(),
            course_version: self.facts.enrollment.course_version,
            completed_at: row.completed_at.unwrap_or(self.now),
        }
    }

    fn certificate(&self) -> Result<Certificate, Problem> {
        let row = &self.facts.row;
        Ok(Certificate {
            id: ids::new(),
            code: certificate::code(random::bytes()?),
            enrollment_id: row.enrollment_id,
            user_id: row.user_id,
            course_id: row.course_id,
            course_title: self.title(),
            course_version: self.facts.enrollment.course_version,
            holder_name: self.facts.holder_name.clone(),
            issued_at: row.completed_at.unwrap_or(self.now),
            revoked_at: None,
            revoked_by: None,
            revoked_reason: None,
            version: 1,
        })
    }

    pub(crate) fn title(&self) -> String {
        self.facts.course.as_ref().map(|course| course.title.clone()).unwrap_or_default()
    }
}

fn certificate_issued(certificate: &Certificate) -> CertificateIssued {
    CertificateIssued {
        certificate_id: certificate.id,
        user_id: certificate.user_id,
        course_id: certificate.course_id,
        course_title: certificate.course_title.clone(),
        issued_at: certificate.issued_at,
    }
}

fn is_completed(before: Option<&LessonState>, after: &LessonState) -> bool {
    after.completed_at.is_some() && before.is_none_or(|before| before.completed_at.is_none())
}

/// Whether a lesson is completed by a result alone.
pub(crate) fn needs_result(outline: &Outline, lesson_id: Uuid) -> bool {
    outline.find(lesson_id).is_some_and(|(_, lesson)| item(lesson).is_some())
}
