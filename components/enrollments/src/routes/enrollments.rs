//! One's own enrolments, and any one of them.

use lyceum_event_types::enrollments::EndReason;
use lyceum_kit::again::again;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seeing::{self, Seen};
use super::view::{EnrollmentView, begun};
use crate::domain::{CourseSeen, Invitation, Origin, Status, Terms, code_as_kept};
use crate::ending::Ending;
use crate::enrolling::Asking;
use crate::store::enrollments::{Own, of_user, waiting_before};
use crate::store::{invitations, seen};
use crate::{events, filling};

/// In which course, and with which invitation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrollSelf {
    /// The course; that of the invitation if none is named.
    course_id: Option<Uuid>,
    /// An invitation's code, in upper or lower case, with or without blanks and hyphens.
    code: Option<String>,
}

/// The invitation with this code and its course, or 422.
fn invited(code: &str, course_id: Option<Uuid>) -> Result<(CourseSeen, Invitation), Problem> {
    let wrong = |code: &'static str, message: &'static str| {
        Problem::invalid(vec![Violation::new(code, message).at("/code")])
    };
    let unknown = || wrong("UNKNOWN_CODE", "There is no invitation with this code.");
    let invitation = invitations::with_code(&code_as_kept(code))?.ok_or_else(unknown)?;
    if course_id.is_some_and(|course_id| course_id != invitation.course_id) {
        return Err(wrong("OTHER_COURSE", "The invitation is for another course."));
    }
    let is_over = invitation.expires_at.is_some_and(|expires_at| expires_at <= clock::now());
    if invitation.revoked_at.is_some() || is_over {
        return Err(wrong("INVITATION_OVER", "The invitation is over."));
    }
    let course = seen::course(invitation.course_id)?.filter(|course| !course.removed);
    Ok((course.ok_or_else(unknown)?, invitation))
}

/// The caller enrols by themselves.
pub(super) fn by_self(
    caller: &Caller,
    course_id: Option<Uuid>,
    code: Option<&str>,
) -> Result<Asking, Problem> {
    let user_id = caller.user_id;
    let terms = Terms::default();
    if let Some(code) = code {
        let (course, invitation) = invited(code, course_id)?;
        let (origin, invitation) = (Origin::Invitation, Some(invitation));
        return Ok(Asking { course, user_id, origin, invitation, terms });
    }
    let none = || {
        let required = Violation::new("REQUIRED", "Must be named, unless there is a code.");
        Problem::invalid(vec![required.at("/course_id")])
    };
    let course = seeing::find(caller, course_id.ok_or_else(none)?)?;
    Ok(Asking { course, user_id, origin: Origin::Own, invitation: None, terms })
}

/// Enrols the caller in a course that they find, or with an invitation.
///
/// If a place is free, it is reserved, and the answer's `status` is `requested`: what becomes of it is seen at its `Location` a moment
/// later, and told by the live status. If none is free and the course has a waiting list, it is `waitlisted`.
#[utoipa::path(post, path = "/api/v1/enrollments", operation_id = "enroll", request_body = EnrollSelf, responses(
    (status = 201, body = EnrollmentView),
    (status = 404, description = "There is no such course that the caller finds"),
    (status = 409, description = "`ALREADY_ENROLLED`, `COURSE_NOT_OPEN`, `SELF_ENROLLMENT_OFF`, `ENROLLMENT_NOT_OPEN_YET`, \
        `ENROLLMENT_CLOSED`, `COURSE_FULL`, `PREREQUISITES_MISSING` (each is named in `details`), `PAYMENTS_NOT_AVAILABLE`, \
        `INVITATION_USED_UP`"),
    (status = 422, description = "The code is unknown, over, or of another course"),
))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    ValidJson(asked): ValidJson<EnrollSelf>,
) -> Result<Response, Problem> {
    by_self(&caller, asked.course_id, asked.code.as_deref())?.begin(&context, begun)
}

/// Lists the caller's enrolments, the newest first.
#[utoipa::path(get, path = "/api/v1/enrollments", operation_id = "list_own_enrollments", params(ListQuery<Own>),
    responses((status = 200, body = Listed<EnrollmentView>)))]
pub(super) async fn list(caller: Caller, query: ListQuery<Own>) -> Result<Response, Problem> {
    query.answer_within(&of_user(caller.user_id), EnrollmentView::from)
}

/// Shows an enrolment: to whose it is, and to those who keep it.
#[utoipa::path(get, path = "/api/v1/enrollments/{id}", operation_id = "show_enrollment", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = EnrollmentView),
        (status = 404, description = "There is no such enrolment that the caller may see"),
    ))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let Seen { enrollment, .. } = seeing::enrollment(&caller, id)?;
    if enrollment.status != Status::Waitlisted {
        return Ok(enrollment.shown());
    }
    let before = waiting_before(&enrollment)?;
    // Others leave the queue without a change of this one.
    let tag = EntityTag::of_digest(&format!("{}-{before}", enrollment.version));
    Ok(tagged(&tag, Json(EnrollmentView::from(enrollment).behind(Some(before)))))
}

/// What may be changed of an enrolment.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrollmentChange {
    /// A published version of the course. Learners, too, move to another one.
    course_version: Option<i64>,
    /// From when on its lessons may be read; at once if there is none. Instructors alone change it.
    starts_at: Option<Timestamp>,
    /// Until when; without end if there is none. Instructors alone change it.
    expires_at: Option<Timestamp>,
}

fn checked(
    change: &EnrollmentChange,
    before: &EnrollmentChange,
    seen: &Seen,
    course: &CourseSeen,
) -> Result<(), Problem> {
    let dates = |change: &EnrollmentChange| (change.starts_at, change.expires_at);
    if !seen.keeps && dates(change) != dates(before) {
        return Err(Problem::forbidden("Only instructors change the dates of an enrolment."));
    }
    let mut valid = Validation::new();
    let latest = course.published_version.unwrap_or_default();
    let known = change.course_version.is_some_and(|version| (1..=latest).contains(&version));
    valid.check("/course_version", known, "UNKNOWN_VERSION", "There is no such version of the course.");
    let ordered = change.starts_at.zip(change.expires_at).is_none_or(|(from, until)| from < until);
    valid.check("/expires_at", ordered, "TOO_EARLY", "Must be after starts_at.");
    valid.finish()
}

/// Changes the dates of an enrolment, or moves the learner to another version of the course.
///
/// What was reached stays. An enrolment that is to expire in the past is over within a minute.
#[utoipa::path(patch, path = "/api/v1/enrollments/{id}", operation_id = "change_enrollment",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = EnrollmentChange, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = EnrollmentView),
        (status = 403, description = "Learners don't change dates"),
        (status = 404, description = "There is no such enrolment that the caller may see"),
        (status = 409, description = "`NOT_ENROLLED`: nobody learns by it at present"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let seen = seeing::enrollment(&caller, id)?;
    let enrollment = &seen.enrollment;
    if_match.check(&enrollment.tag())?;
    if !enrollment.is_active() {
        return Err(Problem::conflict("NOT_ENROLLED", "Nobody learns by this enrolment at present."));
    }
    let course = seeing::known(enrollment.course_id)?;
    let before = EnrollmentChange {
        course_version: enrollment.course_version,
        starts_at: enrollment.starts_at,
        expires_at: enrollment.expires_at,
    };
    let change: EnrollmentChange = patch.apply(&before)?;
    checked(&change, &before, &seen, &course)?;
    let changed = enrollment.changed(change.course_version, change.starts_at, change.expires_at);
    let transaction = context.begin().execute(changed.update()).on_missing(Problem::precondition_failed);
    match events::updated(&changed) {
        Some(event) => transaction.publish(&event),
        None => transaction,
    }
    .respond(changed.shown())
    .commit()
}

/// Ends an enrolment: learners withdraw, and instructors take somebody out. The place goes to who is first in the queue.
///
/// What was reached stays, and what was completed stays completed. An enrolment that is being decided doesn't come about, and a payment
/// that was asked for is cancelled.
#[utoipa::path(delete, path = "/api/v1/enrollments/{id}", operation_id = "withdraw", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is over, and still shown"),
        (status = 404, description = "There is no such enrolment that the caller may end"),
        (status = 409, description = "`ENROLLMENT_OVER`: it ended before"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn withdraw(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let find = || {
        let seen = seeing::enrollment(&caller, id)?;
        conditions.check(&seen.enrollment.tag())?;
        if seen.enrollment.ended_at.is_some() {
            return Err(Problem::conflict("ENROLLMENT_OVER", "It is over already."));
        }
        Ok(seen)
    };
    end(&context, find)
}

/// Ends what is found, however often others change it meanwhile, and gives the place to who is first.
pub(super) fn end(context: &Context, find: impl Fn() -> Result<Seen, Problem>) -> Result<Response, Problem> {
    let (answer, course_id) = again(|| {
        let Seen { enrollment, is_own, .. } = find()?;
        let reason = if is_own { EndReason::Withdrawn } else { EndReason::Removed };
        let ending = Ending::over(&enrollment, reason)?;
        let answer = ending.add(context.begin()).respond(no_content()).commit()?;
        Ok((answer, enrollment.course_id))
    })?;
    if let Err(error) = filling::fill(&context.without_once(), course_id, filling::AT_ONCE) {
        log::warn(format!("places are given by the next tick: {error}"));
    }
    Ok(answer)
}
