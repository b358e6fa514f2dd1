//! Reviews of a course: by those who took it, one a person, and read by everybody who sees it.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::{Deserialize, Serialize};

use super::seeing::see;
use crate::domain::review::{Review, ReviewFields};
use crate::store::{learners, numbers, reviews};

#[derive(Deserialize, Serialize)]
struct Before {
    id: Uuid,
}

fn missing() -> Problem {
    Problem::not_found("There is no such review.")
}

fn tag(review: &Review) -> EntityTag {
    EntityTag::of_version(review.version)
}

/// Lists the reviews of a course, the newest first.
#[utoipa::path(get, path = "/api/v1/courses/{id}/reviews",
    params(("id" = Uuid, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<Review>),
        (status = 404, description = "The caller sees no such course"),
    ))]
pub(super) async fn list(
    MaybeCaller(caller): MaybeCaller,
    Path(id): Path<Uuid>,
    page: Page,
) -> Result<Response, Problem> {
    see(caller.as_ref(), id, None)?;
    let before = page.after::<Before>()?.map(|before| before.id);
    let found = reviews::of_course(id, before, page.rows_to_fetch())?;
    Ok(page.answer(found, |review| Before { id: review.id }, std::convert::identity))
}

/// Shows what the caller says of a course.
#[utoipa::path(get, path = "/api/v1/courses/{id}/reviews/mine", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Review),
    (status = 404, description = "The caller sees no such course, or says nothing of it"),
))]
pub(super) async fn mine(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    see(Some(&caller), id, None)?;
    let review = reviews::of(id, caller.user_id)?.ok_or_else(missing)?;
    Ok(tagged(&tag(&review), Json(review)))
}

/// Says, or says anew, what the caller thinks of a course that they took.
#[utoipa::path(put, path = "/api/v1/courses/{id}/reviews/mine", request_body = ReviewFields,
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Review),
        (status = 403, description = "The caller gives the course, or never took it"),
        (status = 404, description = "The caller sees no such course"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn say(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    ValidJson(fields): ValidJson<ReviewFields>,
) -> Result<Response, Problem> {
    let seen = see(Some(&caller), id, None)?;
    if seen.course.is_given_by(caller.user_id) {
        return Err(Problem::forbidden("Who gives a course doesn't review it."));
    }
    if !learners::took(id, caller.user_id)? {
        let problem = Problem::forbidden("Only those who took a course review it.");
        return Err(problem.with_code("ENROLLMENT_REQUIRED"));
    }
    let (review, written) = if let Some(before) = reviews::of(id, caller.user_id)? {
        conditions.check(&tag(&before))?;
        let review = before.with(fields)?;
        let written = review.update();
        (review, written)
    } else {
        let review = Review::new(id, caller.user_id, fields)?;
        let written = review.insert();
        (review, written)
    };
    context
        .begin()
        .execute(written)
        .on_missing(Problem::changed_meanwhile)
        .on_unique("reviews.user_id", Problem::changed_meanwhile)
        .execute_all(numbers::count(id))
        .respond(tagged(&tag(&review), Json(review)))
        .commit()
}

/// Deletes a review: whoever wrote it, and administrators.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/reviews/{review_id}",
    params(("id" = Uuid, Path), ("review_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "The course has no such review of the caller"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, review_id)): Path<(Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let review =
        reviews::find(id, review_id)?.filter(|review| caller.owns(review.user_id)).ok_or_else(missing)?;
    conditions.check(&tag(&review))?;
    context
        .begin()
        .execute(reviews::delete(&review))
        .on_missing(Problem::precondition_failed)
        .execute_all(numbers::count(id))
        .respond(no_content())
        .commit()
}
