//! The routes of `/api/v1/rooms`.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use crate::domain::{Room, RoomFields};
use crate::events::RoomAdded;
use crate::store::{self, Rooms};

pub(crate) fn routes() -> Routes {
    Routes::new("Rooms", "Each has a name of its own and a description.")
        .add(Access::Permission(Permission::new("room:create")), route!(create))
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(Permission::new("room:update")), route!(change))
        .add(Access::Permission(Permission::new("room:delete")), route!(delete))
}

fn name_taken() -> Problem {
    Problem::conflict("NAME_TAKEN", "Another one has this name.")
}

/// Adds one.
#[utoipa::path(post, path = "/api/v1/rooms", request_body = RoomFields, responses(
    (status = 201, body = Room),
    (status = 409, description = "Another one has this name"),
))]
async fn create(context: Context, ValidJson(fields): ValidJson<RoomFields>) -> Result<Response, Problem> {
    let room = Room::new(fields)?;
    context
        .begin()
        .execute(room.insert())
        .on_unique("rooms.name_folded", name_taken)
        .execute_all(store::named(&room))
        .publish(&RoomAdded::of(&room))
        .respond(room.created())
        .commit()
}

/// Lists them by name.
#[utoipa::path(get, path = "/api/v1/rooms", params(ListQuery<Rooms>),
    responses((status = 200, body = Listed<Room>)))]
async fn list(query: ListQuery<Rooms>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows one.
#[utoipa::path(get, path = "/api/v1/rooms/{id}", params(("id" = Uuid, Path)),
    responses((status = 200, body = Room)))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Room::get(id).map(Room::shown)
}

/// Changes one: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/rooms/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = RoomFields, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Room), (status = 409, description = "Another one has this name")))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let room = Room::get_for(id, &if_match)?;
    let changed = room.with(patch.apply(&room.fields())?)?;
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("rooms.name_folded", name_taken)
        .execute_all(store::named(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes one.
#[utoipa::path(delete, path = "/api/v1/rooms/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let room = Room::get_for(id, &conditions)?;
    let transaction = context.begin().execute_all(store::delete(&room));
    transaction.on_missing(Problem::precondition_failed).respond(no_content()).commit()
}
