//! How far somebody is in their courses.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seeing::{self, Asking, learner, missing, own};
use crate::cache::{self, Look};
use crate::domain::Status;
use crate::domain::course::CourseProgressView;
use crate::domain::criteria::{Judged, Which};
use crate::domain::percent::Percent;
use crate::learning::Learning;
use crate::store::listing;

#[derive(Deserialize, Serialize)]
struct Before {
    id: Uuid,
}

/// Lists the courses that a person learns, or learned, the latest enrolment first.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/courses",
    params(("user_id" = String, Path, description = "`me` or a user id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<CourseProgressView>),
        (status = 404, description = "It is somebody else's"),
    ))]
pub(super) async fn list(caller: Caller, Path(user): Path<Subject>, page: Page) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let before = page.after::<Before>()?.map(|before| before.id);
    let found = listing::of_person(user_id, before, page.rows_to_fetch())?;
    Ok(page.answer(found, |found| Before { id: found.enrollment_id }, CourseProgressView::from))
}

fn shown(learning: &Learning) -> CourseProgressView {
    let title = learning.facts.course.as_ref().map(|course| course.title.clone());
    CourseProgressView::new(&learning.facts.row, title, learning.facts.enrollment.ended)
}

/// Shows how far somebody is in a course.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/courses/{course_id}",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path)),
    responses(
        (status = 200, body = CourseProgressView),
        (status = 404, description = "The caller sees no such progress"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((user, course_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    // What somebody sees of their own is kept; whether somebody else may see it, the rows say.
    let own = user.owned_by(&caller, missing).ok();
    let mut look = own.map(|user_id| cache::look(user_id, course_id));
    if let Some(kept) = look.as_mut().and_then(Look::found) {
        return Ok(json(kept));
    }
    let (learning, _) = learner(&caller, user, course_id)?;
    let body = serde_json::to_vec(&shown(&learning)).map_err(|error| {
        log::error(error.to_string());
        Problem::internal()
    })?;
    if let Some(look) = look {
        look.keep(&body);
    }
    Ok(json(body))
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

/// What is said of a course as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CourseProgressFields)]
pub(super) struct Fields {
    /// `in-progress` begins the course, which its learner says; `completed` declares it complete, which its instructors say.
    #[serde(default)]
    status: Option<Status>,
}

/// Begins a course, or declares it complete.
///
/// Learners begin. Those who give the course, and administrators, declare it complete where its criteria have one of type `manual`; the
/// other criteria hold all the same.
#[utoipa::path(put, path = "/api/v1/progress/users/{user_id}/courses/{course_id}", request_body = Fields,
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path)),
    responses(
        (status = 200, body = CourseProgressView),
        (status = 403, description = "Who gives the course doesn't begin it, and who learns doesn't declare it complete"),
        (status = 404, description = "The caller sees no such progress"),
        (status = 409, description = "`NOT_ENROLLED`, `ENROLLMENT_NOT_STARTED`, `ENROLLMENT_EXPIRED`; `NOT_MANUAL`: no criterion asks for it"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((user, course_id)): Path<(Subject, Uuid)>,
    ValidJson(Fields { status }): ValidJson<Fields>,
) -> Result<Response, Problem> {
    again(|| {
        let mut learning = match status {
            Some(Status::Completed) => declared(&caller, user, course_id)?,
            None | Some(Status::NotStarted | Status::InProgress) => own(&caller, user, course_id)?,
        };
        if status == Some(Status::InProgress) {
            seeing::open(&learning.facts.enrollment, clock::now())?;
            learning.begin();
        }
        let answer = Json(shown(&learning));
        let answer = learning.write(context.begin())?.respond(answer).commit()?;
        learning.follow_up(&context);
        Ok(answer)
    })
}

fn declared(caller: &Caller, user: Subject, course_id: Uuid) -> Result<Learning, Problem> {
    let (learning, asking) = learner(caller, user, course_id)?;
    let gives = asking == Asking::Instructor || seeing::gives(caller, learning.facts.course.as_ref());
    if !gives {
        return Err(Problem::forbidden("Only those who give the course declare it complete."));
    }
    let mut learning = seeing::known(learning)?;
    if !learning.facts.criteria.wants_declaration() {
        return Err(Problem::conflict("NOT_MANUAL", "No criterion of the course asks for that."));
    }
    if learning.facts.enrollment.ended {
        return Err(Problem::conflict("NOT_ENROLLED", "The enrolment is over."));
    }
    learning.declare(caller.user_id);
    Ok(learning)
}

/// Why a course is complete, or isn't yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Completion {
    course_id: Uuid,
    #[schema(value_type = Uuid)]
    user_id: UserId,
    status: Status,
    completed_at: Option<Timestamp>,
    percent_complete: Percent,
    /// Whether all of the criteria have to be met, or any one.
    combination: Which,
    /// Every criterion.
    criteria: Vec<Judged>,
    /// Those that are still to be met; nothing once the course is completed, whatever was published or set since.
    open: Vec<Judged>,
}

/// Says why a course isn't complete yet: each criterion, and whether it is met.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/courses/{course_id}/completion",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path)),
    responses(
        (status = 200, body = Completion),
        (status = 404, description = "The caller sees no such progress"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn completion(
    caller: Caller,
    Path((user, course_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    let (learning, _) = learner(&caller, user, course_id)?;
    let learning = seeing::known(learning)?;
    let (_, criteria) = learning.judged();
    let row = &learning.facts.row;
    let is_open = |judged: &&Judged| row.completed_at.is_none() && !judged.met;
    let open = criteria.iter().filter(is_open).cloned().collect();
    Ok(Json(Completion {
        course_id,
        user_id: row.user_id,
        status: row.status(),
        completed_at: row.completed_at,
        percent_complete: row.percent,
        combination: learning.facts.criteria.combination,
        criteria,
        open,
    })
    .into_response())
}
