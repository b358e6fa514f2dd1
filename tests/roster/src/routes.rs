//! The routes of `/api/v1/roster`.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) fn routes() -> Routes {
    Routes::new("Roster", "Who there is.")
        .add(Access::SignedIn, route!(show))
        .add(Access::SignedIn, route!(remark))
}

/// A member, without what others wrote.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    display_name: String,
    roles: i64,
    remark: Option<String>,
}
from_row!(Member { display_name, roles, remark });

/// Shows the caller.
#[utoipa::path(get, path = "/api/v1/roster/me", responses((status = 200, body = Member)))]
async fn show(caller: Caller) -> Result<Response, Problem> {
    let text = "SELECT display_name, remark, (SELECT COUNT(*) FROM member_roles WHERE member_roles.user_id = members.user_id) \
                AS roles FROM members LEFT JOIN remarks ON remarks.user_id = members.user_id WHERE members.user_id = $1";
    let found: Option<Member> = query_optional(statement(text, params![caller.user_id]))?;
    let member = found.ok_or_else(|| Problem::not_found("The member isn't known yet."))?;
    Ok(Json(member).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Remark {
    remark: String,
}

/// Writes a remark about the caller.
#[utoipa::path(put, path = "/api/v1/roster/me/remark", request_body = Remark, responses((status = 204)))]
async fn remark(
    context: Context,
    caller: Caller,
    ValidJson(Remark { remark }): ValidJson<Remark>,
) -> Result<Response, Problem> {
    let write = "INSERT INTO remarks (user_id, remark) VALUES ($1, $2) \
                 ON CONFLICT (user_id) DO UPDATE SET remark = excluded.remark";
    context.begin().execute(statement(write, params![caller.user_id, remark])).respond(no_content()).commit()
}
