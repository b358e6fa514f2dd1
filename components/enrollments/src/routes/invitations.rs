//! Codes with which people enrol.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::random;
use lyceum_kit::sql::Table as _;

use super::seeing;
use crate::domain::{Invitation, InvitationFields};
use crate::store::invitations::{self, Invitations, of_course};

fn missing() -> Problem {
    Problem::not_found("There is no such invitation.")
}

/// Makes a code with which people enrol in a course, also where they don't find it or don't enrol by themselves.
#[utoipa::path(post, path = "/api/v1/courses/{id}/invitations", operation_id = "invite", request_body = InvitationFields,
    params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = Invitation),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
    ))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(fields): ValidJson<InvitationFields>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let invitation = Invitation::new(id, caller.user_id, fields, random::bytes()?)?;
    let location = format!("/api/v1/courses/{id}/invitations/{}", invitation.id);
    context
        .begin()
        .execute(invitation.insert())
        .respond(created(&location, Json(invitation.clone())))
        .commit()
}

/// Lists the invitations of a course, the newest first, also those that are over.
#[utoipa::path(get, path = "/api/v1/courses/{id}/invitations", operation_id = "list_invitations",
    params(("id" = Uuid, Path), ListQuery<Invitations>),
    responses(
        (status = 200, body = Listed<Invitation>),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<Uuid>,
    query: ListQuery<Invitations>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    query.answer_within(&of_course(id), std::convert::identity)
}

/// Shows an invitation.
#[utoipa::path(get, path = "/api/v1/courses/{id}/invitations/{invitation_id}", operation_id = "show_invitation",
    params(("id" = Uuid, Path), ("invitation_id" = Uuid, Path)),
    responses(
        (status = 200, body = Invitation),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such invitation"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((id, invitation_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let found = invitations::of(id, invitation_id)?.ok_or_else(missing)?;
    Ok(Json(found).into_response())
}

/// Takes an invitation back: nobody enrols with it any more. Who has stays enrolled.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/invitations/{invitation_id}", operation_id = "revoke_invitation",
    params(("id" = Uuid, Path), ("invitation_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Nobody enrols with it any more; it is still shown"),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such invitation"),
    ))]
pub(super) async fn revoke(
    context: Context,
    caller: Caller,
    Path((id, invitation_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    invitations::of(id, invitation_id)?.ok_or_else(missing)?;
    let revoked = invitations::revoke(invitation_id, clock::now());
    context.begin().execute(revoked).respond(no_content()).commit()
}
