//! What learner and instructors say of a submission.

use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::{erasure, text};
use serde::Deserialize;
use utoipa::ToSchema;

use super::see;
use crate::store::submissions::{Comment, Comments};

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Saying {
    /// 1 to 5,000 characters.
    text: String,
}

/// Lists what was said of a submission, in its order.
#[utoipa::path(get,
    path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{submission_id}/comments",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("assignment_id" = Uuid, Path),
        ("submission_id" = Uuid, Path), ListQuery<Comments>),
    operation_id = "list_submission_comments", responses(
        (status = 200, body = Listed<Comment>),
        (status = 404, description = "The caller sees no such submission"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    query: ListQuery<Comments>,
) -> Result<Response, Problem> {
    let (submission, _) = see(&caller, which)?;
    query.answer_within(&Scope::all().equal("submission_id", submission.id), std::convert::identity)
}

/// Says something of a submission: its learner, and those who give the course.
#[utoipa::path(post,
    path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{submission_id}/comments",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("assignment_id" = Uuid, Path), ("submission_id" = Uuid, Path)),
    operation_id = "comment_on_submission", request_body = Saying, responses(
        (status = 201, body = Comment),
        (status = 404, description = "The caller sees no such submission"),
    ))]
pub(super) async fn add(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    ValidJson(Saying { text }): ValidJson<Saying>,
) -> Result<Response, Problem> {
    let (submission, _) = see(&caller, which)?;
    let mut valid = Validation::new();
    valid.take("/text", text::paragraphs(&text, 5_000));
    valid.check("/text", !text.trim().is_empty(), "REQUIRED", "Must not be empty.");
    valid.finish()?;
    let (id, submission_id, user_id) = (ids::new(), submission.id, caller.user_id);
    let comment = Comment { id, submission_id, user_id, text, created_at: clock::now() };
    context
        .begin()
        .execute(comment.insert())
        .execute(erasure::unless_erased(user_id))
        .execute(erasure::unless_erased(submission.user_id))
        .respond((StatusCode::CREATED, Json(comment)))
        .commit()
}
