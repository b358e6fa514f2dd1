//! Achievements: what administrators define, and what people have earned.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::seeing::missing;
use crate::domain::achievement::{Achievement, AchievementFields, UserAchievement};
use crate::store::awards::{self, Achievements};

/// Administrators alone.
const CREATE: Permission = Permission::new("achievement:create");
const UPDATE: Permission = Permission::new("achievement:update");
const DELETE: Permission = Permission::new("achievement:delete");

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(CREATE), route!(create))
        .add(Access::Permission(UPDATE), route!(change))
        .add(Access::Permission(DELETE), route!(delete))
        .add(Access::SignedIn, route!(of_person))
}

impl Resource for Achievement {
    type View = Self;
    const PATH: &'static str = "/api/v1/progress/achievements";
    const MISSING: &'static str = "There is no such achievement.";
}

fn name_taken() -> Problem {
    Problem::conflict("ACHIEVEMENT_NAME_TAKEN", "Another achievement has this name.")
}

/// Lists the achievements by name.
#[utoipa::path(get, path = "/api/v1/progress/achievements", params(ListQuery<Achievements>),
    responses((status = 200, body = Listed<Achievement>)))]
async fn list(query: ListQuery<Achievements>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows an achievement.
#[utoipa::path(get, path = "/api/v1/progress/achievements/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Achievement),
    (status = 404, description = "There is no such achievement"),
))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Achievement::get(id).map(Achievement::shown)
}

/// Adds an achievement. Who has done what it asks for earns it with the next thing that they complete.
#[utoipa::path(post, path = "/api/v1/progress/achievements", request_body = AchievementFields, responses(
    (status = 201, body = Achievement),
    (status = 409, description = "Another achievement has this name"),
))]
async fn create(
    context: Context,
    ValidJson(fields): ValidJson<AchievementFields>,
) -> Result<Response, Problem> {
    let achievement = Achievement::new(fields)?;
    context
        .begin()
        .execute(achievement.insert())
        .on_unique("achievements.name_folded", name_taken)
        .respond(achievement.created())
        .commit()
}

/// Changes an achievement. Who has earned it keeps it as it was.
#[utoipa::path(put, path = "/api/v1/progress/achievements/{id}", request_body = AchievementFields,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Achievement),
        (status = 404, description = "There is no such achievement"),
        (status = 409, description = "Another achievement has this name"),
    ))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<AchievementFields>,
) -> Result<Response, Problem> {
    let achievement = Achievement::get_for(id, &if_match)?.with(fields)?;
    context
        .begin()
        .execute(achievement.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("achievements.name_folded", name_taken)
        .respond(achievement.shown())
        .commit()
}

/// Deletes an achievement. Who has earned it keeps it.
#[utoipa::path(delete, path = "/api/v1/progress/achievements/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such achievement"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let achievement = Achievement::get_for(id, &conditions)?;
    context
        .begin()
        .execute(awards::delete_achievement(&achievement))
        .on_missing(Problem::precondition_failed)
        .respond(no_content())
        .commit()
}

/// What somebody has earned.
#[derive(Debug, Serialize, ToSchema)]
struct Earned {
    /// The latest first.
    items: Vec<UserAchievement>,
    total_points: i64,
}

/// Lists what somebody has earned, the latest first.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/achievements",
    params(("user_id" = String, Path, description = "`me` or a user id")),
    responses(
        (status = 200, body = Earned),
        (status = 404, description = "It is somebody else's"),
    ))]
async fn of_person(caller: Caller, Path(user): Path<Subject>) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let mut items: Vec<UserAchievement> = query_all(awards::earned(user_id))?;
    items.sort_by_key(|one| (std::cmp::Reverse(one.earned_at), one.achievement_id));
    let total_points = items.iter().fold(0_i64, |sum, one| sum.saturating_add(one.points));
    Ok(Json(Earned { items, total_points }).into_response())
}
