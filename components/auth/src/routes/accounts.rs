//! The caller's own account, and the roles that administrators give.

use lyceum_event_types::auth::{EndReason, RolesChanged};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::account::{Account, Status};
use crate::store;

/// The caller's account. Names and pictures are in their profile.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AccountView {
    user_id: Uuid,
    email: String,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    status: Status,
    created_at: Timestamp,
}

/// The roles of a user.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RolesView {
    user_id: Uuid,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
}

/// The body of a change of roles.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRoles {
    /// All roles that the user has from now on; at least one.
    #[schema(min_items = 1)]
    roles: Vec<Role>,
}

/// The caller's account.
#[utoipa::path(get, path = "/api/v1/auth/me", responses((status = 200, body = AccountView)))]
pub(super) async fn me(caller: Caller) -> Result<Response, Problem> {
    let account = find(caller.user_id.uuid())?;
    let tag = EntityTag::of_version(account.version);
    let view = AccountView {
        user_id: account.id,
        email: account.email,
        roles: account.roles,
        status: account.status,
        created_at: account.created_at,
    };
    Ok(tagged(&tag, Json(view)))
}

/// A user's roles.
#[utoipa::path(get, path = "/api/v1/auth/users/{id}/roles", params(("id" = Uuid, Path)), responses(
    (status = 200, body = RolesView),
    (status = 404, description = "There is no such user"),
))]
pub(super) async fn roles(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let account = find(id)?;
    Ok(answer(&account, &account.roles, account.version))
}

/// Replaces a user's roles, and signs the user out, so that no token says the former ones.
#[utoipa::path(put, path = "/api/v1/auth/users/{id}/roles",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = ChangeRoles, responses(
        (status = 200, body = RolesView),
        (status = 404, description = "There is no such user"),
        (status = 409, description = "`LAST_ADMIN`: nobody would be left to give roles"),
    ))]
pub(super) async fn change_roles(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(body): ValidJson<ChangeRoles>,
) -> Result<Response, Problem> {
    let mut fields = Validation::new();
    fields.check("/roles", !body.roles.is_empty(), "EMPTY", "Must hold at least one role.");
    fields.finish()?;
    let (account, roles, now) = (find(id)?, Roles::new(body.roles), clock::now());
    if_match.check(&EntityTag::of_version(account.version))?;
    if roles == account.roles {
        return Ok(answer(&account, &roles, account.version));
    }
    let mut transaction =
        context.begin().execute(store::set_roles(id, account.version, &roles, now)).expect_rows(1);
    if account.roles.contains(Role::Admin) && !roles.contains(Role::Admin) {
        transaction = transaction.execute(store::another_admin(id)).expect_rows(1).on_missing(last_admin);
    }
    let changed = RolesChanged { user_id: id.into(), roles: roles.clone(), changed_at: now };
    store::end_all_sessions(transaction.publish(&changed), id, now, EndReason::RolesChanged)?
        .respond(answer(&account, &roles, account.version.saturating_add(1)))
        .commit()
}

fn find(id: Uuid) -> Result<Account, Problem> {
    store::find(id)?.ok_or_else(|| Problem::not_found("There is no such user."))
}

fn answer(account: &Account, roles: &Roles, version: i64) -> Response {
    let view = RolesView { user_id: account.id, roles: roles.clone() };
    tagged(&EntityTag::of_version(version), Json(view))
}

pub(super) fn last_admin() -> Problem {
    Problem::conflict("LAST_ADMIN", "Nobody would be left to give roles; make somebody else admin first.")
}
