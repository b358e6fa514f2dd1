//! How far a course and its draft are: reviewed, published, archived.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use lyceum_kit::text;
use serde::Deserialize;
use utoipa::ToSchema;

use super::REVIEW;
use super::seeing::{edit_any, edit_for};
use crate::changing::changed;
use crate::domain::course::{Course, DraftStatus, Status};
use crate::domain::version::CourseView;
use crate::publishing::{Publication, changed_meanwhile, check_changed, check_reviewed};
use crate::store::outline;

/// When a draft is to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Schedule {
    /// A time to come.
    publish_at: Timestamp,
}

/// What a review found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Findings {
    /// What is to be changed: 1 to 4,000 characters.
    comment: String,
}

/// The next state of a course, of which the draft is as it was read.
fn commit(context: &Context, next: Course, counted: i64) -> Result<Response, Problem> {
    context
        .begin()
        .execute(outline::unchanged(next.id, counted))
        .on_missing(changed_meanwhile)
        .execute(next.update())
        .on_missing(changed_meanwhile)
        .respond(next.shown())
        .commit()
}

fn check_review(caller: &Caller, course: &Course) -> Result<(), Problem> {
    if caller.may(REVIEW) { Ok(()) } else { check_reviewed(course) }
}

/// Publishes the draft as the next version. It never changes; editing goes on with the next draft.
#[utoipa::path(post, path = "/api/v1/courses/{id}/publish", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course"),
    (status = 409, description = "It has no lesson, nothing was changed, or a review is needed"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn publish(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    check_review(&caller, &course)?;
    let publication = Publication::of(&course, counted)?;
    publication.add(context.begin()).respond(publication.course.clone().shown()).commit()
}

/// Plans when the draft is published, as it is then.
#[utoipa::path(put, path = "/api/v1/courses/{id}/schedule", request_body = Schedule, params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = CourseView),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "The caller sees no such course"),
        (status = 409, description = "It has no lesson, nothing was changed, or a review is needed"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn schedule(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    ValidJson(Schedule { publish_at }): ValidJson<Schedule>,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    let mut valid = Validation::new();
    valid.check("/publish_at", publish_at > clock::now(), "OUT_OF_RANGE", "Must be to come.");
    valid.finish()?;
    check_review(&caller, &course)?;
    Publication::of(&course, counted)?;
    // Who may do so approves what they plan.
    let approves = caller.may(REVIEW) && check_reviewed(&course).is_err();
    let draft_status = if approves { DraftStatus::Approved } else { course.draft_status };
    commit(&context, Course { publish_at: Some(publish_at), draft_status, ..course.next() }, counted)
}

/// Gives up the plan to publish the draft.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/schedule", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course, or nothing is planned"),
    (status = 409, description = "It is archived, or was changed in the meantime"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn unschedule(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    if course.publish_at.is_none() {
        return Err(Problem::not_found("Nothing is planned."));
    }
    commit(&context, Course { publish_at: None, ..course.next() }, counted)
}

/// Submits the draft for a review. Whatever is changed afterwards makes it a draft again.
#[utoipa::path(post, path = "/api/v1/courses/{id}/submit", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course"),
    (status = 409, description = "It has no lesson, nothing was changed, or it was submitted before"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn submit(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    check_changed(&course)?;
    if course.draft_status != DraftStatus::Draft {
        return Err(Problem::conflict("SUBMITTED", "It was submitted before."));
    }
    Publication::of(&course, counted)?;
    let next = Course { draft_status: DraftStatus::Review, review_comment: None, ..course.next() };
    commit(&context, next, counted)
}

fn check_in_review(course: &Course) -> Result<(), Problem> {
    if course.draft_status == DraftStatus::Review {
        return Ok(());
    }
    Err(Problem::conflict("NOT_IN_REVIEW", "It doesn't wait for a review."))
}

/// Approves a draft that was submitted: its instructors may publish it as it is.
#[utoipa::path(post, path = "/api/v1/courses/{id}/approve", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 404, description = "There is no such course"),
    (status = 409, description = "It doesn't wait for a review, or was changed in the meantime"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn approve(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    check_in_review(&course)?;
    commit(&context, Course { draft_status: DraftStatus::Approved, ..course.next() }, counted)
}

/// Gives a draft that was submitted back to its instructors.
#[utoipa::path(post, path = "/api/v1/courses/{id}/return", request_body = Findings, params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = CourseView),
        (status = 404, description = "There is no such course"),
        (status = 409, description = "It doesn't wait for a review, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn give_back(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    ValidJson(Findings { comment }): ValidJson<Findings>,
) -> Result<Response, Problem> {
    let (course, counted) = edit_for(&caller, id, &conditions)?;
    let mut valid = Validation::new();
    valid.check("/comment", !comment.trim().is_empty(), "REQUIRED", "Must say what is to be changed.");
    valid.take("/comment", text::paragraphs(&comment, 4_000));
    valid.finish()?;
    check_in_review(&course)?;
    let (draft_status, review_comment) = (DraftStatus::Draft, Some(comment));
    commit(&context, Course { draft_status, review_comment, publish_at: None, ..course.next() }, counted)
}

/// Archives a published course: nobody finds it any more, and nothing of it is changed.
#[utoipa::path(post, path = "/api/v1/courses/{id}/archive", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course"),
    (status = 409, description = "It is not published"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn archive(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, _) = edit_for(&caller, id, &conditions)?;
    if course.status != Status::Published {
        return Err(Problem::conflict("NOT_PUBLISHED", "Only what is published is archived."));
    }
    let next = Course { status: Status::Archived, publish_at: None, ..course.next() };
    changed(context.begin(), &next)?.respond(next.shown()).commit()
}

/// Takes a course out of the archive: it is published as it was.
#[utoipa::path(post, path = "/api/v1/courses/{id}/restore", params(("id" = Uuid, Path)), responses(
    (status = 200, body = CourseView),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course"),
    (status = 409, description = "It is not archived"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn restore(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, _) = edit_any(&caller, id)?;
    conditions.check(&course.tag())?;
    if course.status != Status::Archived {
        return Err(Problem::conflict("NOT_ARCHIVED", "It is not archived."));
    }
    let next = Course { status: Status::Published, ..course.next() };
    changed(context.begin(), &next)?.respond(next.shown()).commit()
}
