//! The modules of a course, in their order.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seeing::{Asked, Edition, change_outline, see};
use crate::domain::module::{MODULES, Module, ModuleFields, ModuleView};
use crate::store::{contents, outline, versions};

/// Where something goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModulePlace {
    /// Its place afterwards, counted from 0; the last one if there are fewer.
    #[schema(minimum = 0, maximum = 65535)]
    order_index: u16,
}

/// Where the next page begins.
#[derive(Deserialize, Serialize)]
pub(super) struct After {
    pub(super) order_index: i64,
}

fn missing() -> Problem {
    Problem::not_found("There is no such module.")
}

pub(super) fn tag(module: &Module) -> EntityTag {
    EntityTag::of_version(module.version)
}

/// The draft's module, or 404.
pub(super) fn find(course_id: Uuid, id: Uuid) -> Result<Module, Problem> {
    outline::module(course_id, id)?.ok_or_else(missing)
}

fn shown(module: Module) -> Response {
    tagged(&tag(&module), Json(ModuleView::from(module)))
}

/// Lists the modules of a course in their order.
#[utoipa::path(get, path = "/api/v1/courses/{id}/modules",
    params(("id" = Uuid, Path), Asked,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<ModuleView>),
        (status = 404, description = "The caller sees no such course, or no such version"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    page: Page,
) -> Result<Response, Problem> {
    let seen = see(Some(&caller), id, asked.version)?;
    let after = page.after::<After>()?.map(|after| after.order_index);
    let modules = match seen.edition {
        Edition::Version(number) => versions::modules(id, number, after, page.rows_to_fetch())?,
        Edition::Draft => {
            let modules = outline::modules(id, after, page.rows_to_fetch())?;
            modules.into_iter().map(ModuleView::from).collect()
        }
    };
    let place = |module: &ModuleView| After { order_index: module.order_index };
    Ok(page.answer(modules, place, std::convert::identity))
}

/// Shows a module.
#[utoipa::path(get, path = "/api/v1/courses/{id}/modules/{module_id}",
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), Asked),
    responses(
        (status = 200, body = ModuleView),
        (status = 404, description = "The caller sees no such module in this version of the course"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let seen = see(Some(&caller), id, asked.version)?;
    let Edition::Version(number) = seen.edition else { return find(id, module_id).map(shown) };
    let module = versions::module(id, number, module_id)?.ok_or_else(missing)?;
    Ok(tagged(&EntityTag::of_digest(&format!("v{number}")), Json(module)))
}

/// Adds a module at the end of a course's draft.
#[utoipa::path(post, path = "/api/v1/courses/{id}/modules", request_body = ModuleFields, params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = ModuleView),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "The caller sees no such course"),
        (status = 409, description = "It has 200 modules, is archived, or was changed in the meantime"),
    ))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(fields): ValidJson<ModuleFields>,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let place = outline::count_modules(id)?;
        if place >= MODULES {
            return Err(Problem::conflict("TOO_MANY_MODULES", "A course has at most 200 modules."));
        }
        let module = Module::new(id, place, fields.clone())?;
        let location = format!("/api/v1/courses/{id}/modules/{}", module.id);
        transaction.execute(module.insert()).respond(created(&location, shown(module))).commit()
    })
}

/// Changes a module of the draft.
#[utoipa::path(put, path = "/api/v1/courses/{id}/modules/{module_id}", request_body = ModuleFields,
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = ModuleView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such module"),
        (status = 409, description = "The course is archived, or was changed in the meantime"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<ModuleFields>,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let module = find(id, module_id)?;
        if_match.check(&tag(&module))?;
        let next = module.with(fields.clone())?;
        transaction
            .execute(next.update())
            .on_missing(Problem::precondition_failed)
            .respond(shown(next))
            .commit()
    })
}

/// Deletes a module of the draft with its lessons. Versions keep theirs.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/modules/{module_id}",
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such module"),
        (status = 409, description = "The course is archived, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let module = find(id, module_id)?;
        conditions.check(&tag(&module))?;
        transaction
            .execute(contents::loosen("module_id", module_id))
            .execute_all(outline::delete_module(&module))
            .respond(no_content())
            .commit()
    })
}

/// Moves a module of the draft to another place; those between make room.
#[utoipa::path(post, path = "/api/v1/courses/{id}/modules/{module_id}/move", request_body = ModulePlace,
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path)),
    responses(
        (status = 200, body = ModuleView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such module"),
        (status = 409, description = "The course is archived, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn put_elsewhere(
    context: Context,
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    conditions: Conditions,
    ValidJson(place): ValidJson<ModulePlace>,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let module = find(id, module_id)?;
        conditions.check(&tag(&module))?;
        let order_index = i64::from(place.order_index).min(outline::count_modules(id)? - 1);
        if order_index == module.order_index {
            return Ok(shown(module));
        }
        let moved =
            Module { order_index, version: module.version + 1, updated_at: clock::now(), ..module.clone() };
        transaction.execute_all(outline::move_module(&module, &moved)).respond(shown(moved)).commit()
    })
}
