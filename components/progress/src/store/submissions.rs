//! The SQL of submissions.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::submissions::{Extension, Submission, SubmissionStatus};

row!(versioned Submission in "submissions" {
    id, user_id, course_id, course_version, module_id, lesson_id, assignment_id, number, status,
    kind, text_content, file_url, link_url, due_at, late, penalty, points, score, max_score, rubric, feedback,
    graded_by, submitted_at, graded_at, version, created_at, updated_at
});

row!(versioned Extension in "assignment_extensions" {
    id, user_id, assignment_id, course_id, due_at, closes_at, granted_by, version, updated_at
});

/// What somebody says of a submission.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SubmissionComment)]
pub(crate) struct Comment {
    pub(crate) id: Uuid,
    pub(crate) submission_id: Uuid,
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) text: String,
    pub(crate) created_at: Timestamp,
}
row!(Comment in "submission_comments" { id, submission_id, user_id, text, created_at });

/// Somebody's submissions for an assignment, in their order.
pub(crate) fn of_person(user_id: UserId, assignment_id: Uuid) -> Result<Vec<Submission>, SqlError> {
    let rest = "WHERE user_id = $1 AND assignment_id = $2 ORDER BY number";
    query_all(Submission::select(rest, params![user_id, assignment_id]))
}

/// One of them.
pub(crate) fn find(user_id: UserId, assignment_id: Uuid, id: Uuid) -> Result<Option<Submission>, SqlError> {
    let found: Option<Submission> = query_optional(Submission::select("WHERE id = $1", params![id]))?;
    Ok(found.filter(|submission| submission.user_id == user_id && submission.assignment_id == assignment_id))
}

/// Somebody's extension for an assignment.
pub(crate) fn extension(user_id: UserId, assignment_id: Uuid) -> Result<Option<Extension>, SqlError> {
    query_optional(Extension::select(
        "WHERE user_id = $1 AND assignment_id = $2",
        params![user_id, assignment_id],
    ))
}

/// Takes an extension back.
pub(crate) fn remove_extension(extension: &Extension) -> Statement {
    let text = "DELETE FROM assignment_extensions WHERE id = $1 AND version = $2";
    statement(text, params![extension.id, extension.version]).expect_rows(1)
}

const NUMBER: Order = Order::integer("number");

/// Somebody's submissions for an assignment.
pub(crate) struct OfPerson;

impl Listing for OfPerson {
    type Row = Submission;
    const LIST: List = List::of(Submission::TABLE, Submission::COLUMN_LIST, "id", NUMBER).orders(&[NUMBER]);
}

const BEGUN: Order = Order::integer("created_at");

/// All submissions in a course.
pub(crate) struct OfCourse;

impl Listing for OfCourse {
    type Row = Submission;
    const LIST: List = List::of(Submission::TABLE, Submission::COLUMN_LIST, "id", BEGUN.descending())
        .orders(&[BEGUN])
        .filters(&[
            Filter::equal::<SubmissionStatus>("status")
                .describe("Only those that are so far, such as `submitted`."),
            Filter::id("assignment_id").describe("Only those for this assignment."),
            Filter::id("user_id").describe("Only those of this person."),
        ]);
}

/// Comments of a submission.
pub(crate) struct Comments;

impl Listing for Comments {
    type Row = Comment;
    const LIST: List = List::of(Comment::TABLE, Comment::COLUMN_LIST, "id", BEGUN).orders(&[BEGUN]);
}

/// Extensions that are due after the one moment and until the other, of people who handed nothing in and weren't told, after this one.
pub(crate) fn extensions_due(
    (from, until): (Timestamp, Timestamp),
    after: Option<&Extension>,
    limit: u16,
) -> Result<Vec<Extension>, SqlError> {
    let (at, id) = after.map_or((from, Uuid::nil()), |one| (one.due_at.unwrap_or(from), one.id));
    let rest = "WHERE due_at IS NOT NULL AND due_at <= $1 AND (due_at, id) > ($2, $3) \
                AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.user_id = assignment_extensions.user_id \
                AND s.assignment_id = assignment_extensions.assignment_id AND s.submitted_at IS NOT NULL) \
                AND NOT EXISTS (SELECT 1 FROM due_reminders r WHERE r.assignment_id = assignment_extensions.assignment_id \
                AND r.user_id = assignment_extensions.user_id AND r.due_at = assignment_extensions.due_at) \
                ORDER BY due_at, id LIMIT $4";
    query_all(Extension::select(rest, params![until, at, id, limit]))
}
