//! What is graded.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use super::no_item;
use crate::domain::gradebook::item::{Item, ItemFields, ItemKind};
use crate::routes::seeing::given;
use crate::store::gradebook::items::{self, ITEMS};
use crate::store::gradebook::{self, totals};

fn tag(item: &Item) -> EntityTag {
    EntityTag::of_version(item.version)
}

fn shown(item: &Item) -> Response {
    tagged(&tag(item), Json(item.clone()))
}

/// An item of a course that the caller gives; or else 404.
fn find(caller: &Caller, course_id: Uuid, id: Uuid) -> Result<Item, Problem> {
    given(caller, course_id)?;
    items::find(course_id, id)?.ok_or_else(no_item)
}

/// Lists all items of a gradebook, in their order: quizzes and assignments of the published versions, and what instructors added.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook/items", params(("course_id" = Uuid, Path)),
    operation_id = "list_grade_items", responses(
        (status = 200, body = Listed<Item>),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn list(caller: Caller, Path(course_id): Path<Uuid>) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let (_, items) = totals::book(course_id)?;
    Ok(Json(Listed { items, next_cursor: None }).into_response())
}

/// Adds an item that instructors grade themselves.
#[utoipa::path(post, path = "/api/v1/progress/courses/{course_id}/gradebook/items", params(("course_id" = Uuid, Path)),
    operation_id = "add_grade_item", request_body = ItemFields, responses(
        (status = 201, body = Item),
        (status = 404, description = "The caller gives no such course"),
        (status = 409, description = "`TOO_MANY_ITEMS`"),
    ))]
pub(super) async fn add(
    context: Context,
    caller: Caller,
    Path(course_id): Path<Uuid>,
    ValidJson(fields): ValidJson<ItemFields>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let (book, items) = totals::book(course_id)?;
    if items.len() >= ITEMS {
        return Err(Problem::conflict("TOO_MANY_ITEMS", "A gradebook has at most 2,500 items."));
    }
    let fields = fields.checked(|id| book.settings.has(id))?;
    let item = Item::new(ids::new(), course_id, ItemKind::Manual, fields);
    let location = format!("/api/v1/progress/courses/{course_id}/gradebook/items/{}", item.id);
    context
        .begin()
        .execute(item.insert())
        .execute(gradebook::changed(course_id))
        .respond(created(&location, shown(&item)))
        .commit()
}

/// Shows an item.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook/items/{item_id}",
    params(("course_id" = Uuid, Path), ("item_id" = Uuid, Path)), operation_id = "show_grade_item", responses(
        (status = 200, body = Item),
        (status = 404, description = "The caller gives no course with such an item"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((course_id, id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    find(&caller, course_id, id).map(|item| shown(&item))
}

/// Changes an item. Title and points of a quiz or an assignment stay what its own are. What came while it was locked counts once it isn't.
#[utoipa::path(put, path = "/api/v1/progress/courses/{course_id}/gradebook/items/{item_id}", request_body = ItemFields,
    params(("course_id" = Uuid, Path), ("item_id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    operation_id = "change_grade_item", responses(
        (status = 200, body = Item),
        (status = 404, description = "The caller gives no course with such an item"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((course_id, id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<ItemFields>,
) -> Result<Response, Problem> {
    let item = find(&caller, course_id, id)?;
    if_match.check(&tag(&item))?;
    let settings = gradebook::find(course_id)?.settings;
    let next = item.with(fields.checked(|id| settings.has(id))?);
    let unlocked = (item.locked && !next.locked).then(|| items::unlock(id));
    context
        .begin()
        .execute(next.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(unlocked)
        .execute(gradebook::changed(course_id))
        .respond(shown(&next))
        .commit()
}

/// Deletes an item that instructors added, with all its grades.
#[utoipa::path(delete, path = "/api/v1/progress/courses/{course_id}/gradebook/items/{item_id}",
    params(("course_id" = Uuid, Path), ("item_id" = Uuid, Path)), operation_id = "delete_grade_item", responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "The caller gives no course with such an item"),
        (status = 409, description = "`ITEM_OF_COURSE`: quizzes and assignments belong to the course"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((course_id, id)): Path<(Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let item = find(&caller, course_id, id)?;
    conditions.check(&tag(&item))?;
    if item.kind != ItemKind::Manual {
        return Err(Problem::conflict("ITEM_OF_COURSE", "Quizzes and assignments belong to the course."));
    }
    let [grades, own] = items::delete(&item);
    context
        .begin()
        .execute(grades)
        .execute(own)
        .on_missing(Problem::precondition_failed)
        .execute(gradebook::changed(course_id))
        .respond(no_content())
        .commit()
}
