//! What a copy of a course consists of. A part's new id is made of the copy's and of the old one: whatever refers to a
//! part is led to its copy, also by a job that begins again.

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};

use super::bank::BankContent;
use super::content::{Content, ContentFields};
use super::lesson::{Lesson, LessonView};
use super::module::{Module, ModuleView};
use super::quiz::{Draw, QuizFields};

/// Dates are shifted by at most ten years, in days.
pub(crate) const SHIFT: i64 = 3_660;
const DAY: i64 = 86_400_000_000;

text_enum! {
    /// What is copied.
    pub(crate) enum Part {
        /// A question bank.
        Bank = "bank",
        /// A module without its lessons.
        Module = "module",
        /// A lesson with its content.
        Lesson = "lesson",
        /// Nothing more: the copy is complete.
        End = "end",
    }
}

/// What is copied to where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copying {
    /// The course that is copied.
    pub(crate) source_id: Uuid,
    /// The published version of it; its draft if there is none.
    pub(crate) version: Option<i64>,
    /// The copy.
    pub(crate) course_id: Uuid,
    /// Days that all dates are shifted by.
    pub(crate) shift_days: i64,
}

/// One part, as a row of the job.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct CopiedPart {
    pub(crate) part: Part,
    pub(crate) source_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i64>,
    pub(crate) course_id: Uuid,
    pub(crate) shift_days: i64,
    /// The part that is copied.
    pub(crate) id: Uuid,
    /// The module of the lesson that is copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) module_id: Option<Uuid>,
    /// Its place.
    pub(crate) order_index: i64,
}

impl CopiedPart {
    pub(crate) const fn copying(&self) -> Copying {
        let Self { source_id, version, course_id, shift_days, .. } = *self;
        Copying { source_id, version, course_id, shift_days }
    }
}

impl Copying {
    /// The part of this id, as a row.
    pub(crate) const fn part(
        self,
        part: Part,
        id: Uuid,
        module_id: Option<Uuid>,
        order_index: i64,
    ) -> CopiedPart {
        let Self { source_id, version, course_id, shift_days } = self;
        CopiedPart { part, source_id, version, course_id, shift_days, id, module_id, order_index }
    }

    /// The id that the copy of this part has.
    pub(crate) fn id_of(self, id: Uuid) -> Uuid {
        Uuid::new_v5(&self.course_id, id.as_bytes())
    }

    /// The id of the copy of a document.
    pub(crate) fn content_id_of(self, content_id: &str) -> String {
        Uuid::new_v5(&self.course_id, content_id.as_bytes()).to_string()
    }

    fn shifted(self, at: Option<Timestamp>) -> Option<Timestamp> {
        at.map(|at| {
            Timestamp::from_micros(at.as_micros().saturating_add(self.shift_days.saturating_mul(DAY)))
        })
    }

    pub(crate) fn module(self, module: ModuleView) -> Module {
        let ModuleView { id, title, description, order_index, duration, status, metadata, .. } = module;
        let now = clock::now();
        Module {
            id: self.id_of(id),
            course_id: self.course_id,
            title,
            description,
            order_index,
            duration,
            status,
            metadata: AsJson(metadata),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn lesson(self, lesson: LessonView, content_id: String) -> Lesson {
        let now = clock::now();
        let before = lesson.prerequisites.into_iter().map(|id| self.id_of(id)).collect();
        Lesson {
            id: self.id_of(lesson.id),
            course_id: self.course_id,
            module_id: self.id_of(lesson.module_id),
            title: lesson.title,
            description: lesson.description,
            order_index: lesson.order_index,
            duration: lesson.duration,
            kind: lesson.kind,
            status: lesson.status,
            content_id,
            metadata: AsJson(lesson.metadata),
            preview: lesson.preview,
            available_from: self.shifted(lesson.available_from),
            available_until: self.shifted(lesson.available_until),
            prerequisites: AsJson(before),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn content(self, content: Content) -> Content {
        let Content { lesson_id, kind, fields, .. } = content;
        let quiz = fields.quiz.map(|quiz| self.quiz(quiz));
        let assignment = fields.assignment.map(|mut assignment| {
            assignment.opens_at = self.shifted(assignment.opens_at);
            assignment.due_at = self.shifted(assignment.due_at);
            assignment.closes_at = self.shifted(assignment.closes_at);
            assignment
        });
        Content {
            course_id: self.course_id,
            lesson_id: self.id_of(lesson_id),
            kind,
            fields: ContentFields { quiz, assignment, ..fields },
            written_at: clock::now(),
        }
    }

    fn quiz(self, quiz: QuizFields) -> QuizFields {
        let led = |draw: Draw| Draw { bank_id: self.id_of(draw.bank_id), ..draw };
        QuizFields {
            opens_at: self.shifted(quiz.opens_at),
            closes_at: self.shifted(quiz.closes_at),
            draws: quiz.draws.into_iter().map(led).collect(),
            ..quiz
        }
    }

    pub(crate) fn bank(self, bank: BankContent) -> BankContent {
        let (course_id, bank_id) = (self.course_id, self.id_of(bank.bank_id));
        BankContent { course_id, bank_id, written_at: clock::now(), ..bank }
    }
}
