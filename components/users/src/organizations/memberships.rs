//! What a person is in, for themselves and for administrators.

use lyceum_kit::{list::ListQuery, prelude::*};

use super::{domain::Membership, store::Memberships};

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(Access::SignedIn, route!(list_memberships))
}

/// Lists the organizations that a person is in, with their role there, the oldest first. Teams and cohorts are listed by
/// `GET /api/v1/teams?member=` and `GET /api/v1/cohorts?member=`.
#[utoipa::path(get, path = "/api/v1/users/{id}/memberships",
    params(("id" = String, Path, description = "A user id, or `me`"), ListQuery<Memberships>),
    responses((status = 200, body = Listed<Membership>)))]
async fn list_memberships(
    caller: Caller,
    Path(subject): Path<Subject>,
    query: ListQuery<Memberships>,
) -> Result<Response, Problem> {
    let user_id = subject.owned_by(&caller, || Problem::not_found("There is no such person."))?;
    query.answer_within(&Memberships::scope(user_id), std::convert::identity)
}
