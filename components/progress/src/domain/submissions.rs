//! What people hand in for assignments: drafted, handed in, graded.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attempts::Place;
use super::grading::assignment::{Assignment, SubmissionType};
use super::grading::fraction::Fraction;
use super::grading::late::{self, LateKind};
use super::grading::points::Points;
use super::grading::rubric::RubricMark;

/// Characters of a text that is handed in.
const TEXT: usize = 100_000;
/// Where files are, after the first slash.
const FILES: &str = "api/v1/files/";

text_enum! {
    /// How far a submission is.
    pub(crate) enum SubmissionStatus {
        /// Its learner still works on it.
        Draft = "draft",
        /// It was handed in.
        Submitted = "submitted",
        /// It has a score.
        Graded = "graded",
    }
}

/// A submission.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AssignmentSubmission)]
pub(crate) struct Submission {
    pub(crate) id: Uuid,
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
    pub(crate) assignment_id: Uuid,
    /// Of this person for this assignment, from 1.
    #[serde(rename = "submission_number")]
    pub(crate) number: i64,
    pub(crate) status: SubmissionStatus,
    #[serde(rename = "submission_type")]
    pub(crate) kind: SubmissionType,
    pub(crate) text_content: Option<String>,
    pub(crate) file_url: Option<String>,
    pub(crate) link_url: Option<String>,
    /// When it was due for this person, as of when it was handed in.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) late: bool,
    /// How many percent of what is reached it costs that it is late.
    pub(crate) penalty: Fraction,
    /// Points that were given, before the penalty.
    pub(crate) points: Option<Fraction>,
    /// Points that count, after the penalty.
    pub(crate) score: Option<Fraction>,
    pub(crate) max_score: Points,
    /// Judgements by criterion, of an assignment with a rubric.
    #[schema(value_type = Vec<RubricMark>)]
    pub(crate) rubric: AsJson<Vec<RubricMark>>,
    pub(crate) feedback: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    pub(crate) graded_by: Option<UserId>,
    pub(crate) submitted_at: Option<Timestamp>,
    pub(crate) graded_at: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What is handed in: one of the three, as its type says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Work {
    /// One of those that the assignment takes.
    pub(crate) submission_type: SubmissionType,
    /// Of type `text`: at most 100,000 characters.
    #[serde(default)]
    pub(crate) text_content: Option<String>,
    /// Of type `file`: the address of a file in `/api/v1/files`.
    #[serde(default)]
    pub(crate) file_url: Option<String>,
    /// Of type `link`: an http or https address.
    #[serde(default)]
    pub(crate) link_url: Option<String>,
    /// Whether it is handed in, and not changed any more.
    #[serde(default)]
    pub(crate) submit: bool,
}

fn file_address(address: &str) -> Result<(), Violation> {
    let web = text::web_address(address).is_ok();
    // After the scheme, nothing and the host; or from the root.
    let path = if web { address.splitn(4, '/').nth(3) } else { address.strip_prefix('/') };
    let id = path.and_then(|path| path.strip_prefix(FILES)).and_then(|rest| rest.split(['/', '?']).next());
    if id.is_some_and(|id| id.parse::<Uuid>().is_ok()) && address.len() <= 2_048 {
        return text::line(address, 2_048);
    }
    Err(Violation::new("NOT_A_FILE", "Must be the address of a file in /api/v1/files."))
}

impl Work {
    /// The same, or all that is wrong with it. A draft may be empty.
    pub(crate) fn checked(self, assignment: &Assignment) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let taken = assignment.submission_types.contains(&self.submission_type);
        valid.check("/submission_type", taken, "NOT_TAKEN", "The assignment takes nothing of this type.");
        for (pointer, content, kind) in [
            ("/text_content", &self.text_content, SubmissionType::Text),
            ("/file_url", &self.file_url, SubmissionType::File),
            ("/link_url", &self.link_url, SubmissionType::Link),
        ] {
            let own = kind == self.submission_type;
            valid.check(pointer, own || content.is_none(), "NOT_OF_TYPE", "Not of this type.");
            let some = content.as_ref().is_some_and(|content| !content.trim().is_empty());
            valid.check(pointer, !own || !self.submit || some, "REQUIRED", "Must be there to be handed in.");
        }
        valid.take(
            "/text_content",
            text::optional(self.text_content.as_ref(), |content| text::paragraphs(content, TEXT)),
        );
        valid.take("/file_url", text::optional(self.file_url.as_ref(), file_address));
        valid.take("/link_url", text::optional(self.link_url.as_ref(), text::web_address));
        valid.into_result()?;
        Ok(self)
    }
}

/// Until when, for one person.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Dates {
    pub(crate) opens: Option<Timestamp>,
    pub(crate) due: Option<Timestamp>,
    pub(crate) closes: Option<Timestamp>,
}

/// Why nothing is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotTaken {
    NotOpen,
    Closed,
    Late,
}

impl Dates {
    /// Those of the assignment, or of the extension that a person has. One that says no end of its own moves that of the assignment, if
    /// that would come before.
    pub(crate) fn of(assignment: &Assignment, extension: Option<&Extension>) -> Self {
        let Assignment { opens_at: opens, due_at: due, closes_at: closes, .. } = *assignment;
        let Some(extension) = extension else { return Self { opens, due, closes } };
        let due = extension.due_at.or(due);
        let moved = closes.map(|closes| due.map_or(closes, |due| due.max(closes)));
        Self { opens, due, closes: extension.closes_at.or(moved) }
    }

    /// Fails unless something is taken at this moment; or else says whether it is late.
    pub(crate) fn take(&self, assignment: &Assignment, now: Timestamp) -> Result<bool, NotTaken> {
        if self.opens.is_some_and(|opens| now < opens) {
            return Err(NotTaken::NotOpen);
        }
        if self.closes.is_some_and(|closes| now > closes) {
            return Err(NotTaken::Closed);
        }
        let late = self.due.is_some_and(|due| now > due);
        if late && assignment.late.kind == LateKind::Refuse {
            return Err(NotTaken::Late);
        }
        Ok(late)
    }
}

/// Other dates for one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AssignmentExtension)]
pub(crate) struct Extension {
    pub(crate) id: Uuid,
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) assignment_id: Uuid,
    pub(crate) course_id: Uuid,
    /// When it is due for them; as for everybody if none.
    pub(crate) due_at: Option<Timestamp>,
    /// Until when anything is taken from them.
    pub(crate) closes_at: Option<Timestamp>,
    #[schema(value_type = Option<Uuid>)]
    pub(crate) granted_by: Option<UserId>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

impl Submission {
    /// Begins one.
    pub(crate) fn begin(user_id: UserId, place: Place, assignment: &Assignment, number: i64) -> Self {
        let now = clock::now();
        let Place { course_id, course_version, module_id, lesson_id } = place;
        Self {
            id: ids::new(),
            user_id,
            course_id,
            course_version,
            module_id,
            lesson_id,
            assignment_id: assignment.id,
            number,
            status: SubmissionStatus::Draft,
            kind: SubmissionType::Text,
            text_content: None,
            file_url: None,
            link_url: None,
            due_at: None,
            late: false,
            penalty: Fraction::zero(),
            points: None,
            score: None,
            max_score: assignment.points_possible,
            rubric: AsJson(Vec::new()),
            feedback: None,
            graded_by: None,
            submitted_at: None,
            graded_at: None,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its next state with this content, which was checked.
    pub(crate) fn with(&self, work: Work) -> Self {
        let Work { submission_type: kind, text_content, file_url, link_url, .. } = work;
        let (version, updated_at) = (self.version + 1, clock::now());
        Self { kind, text_content, file_url, link_url, version, updated_at, ..self.clone() }
    }

    /// The same handed in now.
    pub(crate) fn handed_in(self, assignment: &Assignment, dates: &Dates) -> Result<Self, NotTaken> {
        let now = clock::now();
        let late = dates.take(assignment, now)?;
        let penalty = dates.due.map_or_else(Fraction::zero, |due| assignment.late.penalty(due, now));
        let status = SubmissionStatus::Submitted;
        Ok(Self { status, due_at: dates.due, late, penalty, submitted_at: Some(now), ..self })
    }

    /// Its next state with these points, of which it keeps what the penalty leaves.
    pub(crate) fn graded(
        &self,
        points: Fraction,
        rubric: Vec<RubricMark>,
        feedback: Option<String>,
        by: UserId,
    ) -> Self {
        let now = clock::now();
        Self {
            status: SubmissionStatus::Graded,
            score: Some(late::after(points.clone(), &self.penalty)),
            points: Some(points),
            rubric: AsJson(rubric),
            feedback,
            graded_by: Some(by),
            graded_at: Some(now),
            updated_at: now,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The share of what there is to be had.
    pub(crate) fn share(&self) -> Option<Fraction> {
        let score = self.score.clone()?;
        Some(score.over(&self.max_score.into()).unwrap_or_else(Fraction::zero))
    }
}
