//! The categories of courses, which administrators keep.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use crate::domain::category::{Category, CategoryFields};
use crate::store::categories::{self, Categories};

/// Administrators alone.
const CREATE: Permission = Permission::new("course-category:create");
const UPDATE: Permission = Permission::new("course-category:update");
const DELETE: Permission = Permission::new("course-category:delete");

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::Anyone, route!(list))
        .add(Access::Anyone, route!(show))
        .add(Access::Permission(CREATE), route!(create))
        .add(Access::Permission(UPDATE), route!(change))
        .add(Access::Permission(DELETE), route!(delete))
}

impl Resource for Category {
    type View = Self;
    const PATH: &'static str = "/api/v1/course-categories";
    const MISSING: &'static str = "There is no such category.";
}

fn name_taken() -> Problem {
    Problem::conflict("CATEGORY_NAME_TAKEN", "Another category has this name.")
}

/// Lists the categories by name.
#[utoipa::path(get, path = "/api/v1/course-categories", params(ListQuery<Categories>),
    responses((status = 200, body = Listed<Category>)))]
async fn list(query: ListQuery<Categories>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows a category.
#[utoipa::path(get, path = "/api/v1/course-categories/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Category),
    (status = 404, description = "There is no such category"),
))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Category::get(id).map(Category::shown)
}

/// Adds a category.
#[utoipa::path(post, path = "/api/v1/course-categories", request_body = CategoryFields, responses(
    (status = 201, body = Category),
    (status = 409, description = "Another category has this name"),
))]
async fn create(context: Context, ValidJson(fields): ValidJson<CategoryFields>) -> Result<Response, Problem> {
    let category = Category::new(fields)?;
    context
        .begin()
        .execute(category.insert())
        .on_unique("course_categories.name_folded", name_taken)
        .respond(category.created())
        .commit()
}

/// Changes a category. What it wants of reviews holds for what is published from now on.
#[utoipa::path(put, path = "/api/v1/course-categories/{id}", request_body = CategoryFields,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Category),
        (status = 404, description = "There is no such category"),
        (status = 409, description = "Another category has this name"),
    ))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<CategoryFields>,
) -> Result<Response, Problem> {
    let category = Category::get_for(id, &if_match)?.with(fields)?;
    context
        .begin()
        .execute(category.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("course_categories.name_folded", name_taken)
        .respond(category.shown())
        .commit()
}

/// Deletes a category in which no course is.
#[utoipa::path(delete, path = "/api/v1/course-categories/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such category"),
    (status = 409, description = "Courses are in it"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let category = Category::get_for(id, &conditions)?;
    context
        .begin()
        .execute(categories::is_empty(id))
        .on_missing(|| Problem::conflict("CATEGORY_IN_USE", "Courses are in it."))
        .execute(categories::delete(&category))
        .on_missing(Problem::precondition_failed)
        .respond(no_content())
        .commit()
}
