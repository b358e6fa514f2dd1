//! The routes of `/api/v1/genres`.

use lyceum_kit::{
    list::ListQuery,
    prelude::*,
    sql::{Table as _, Versioned as _},
    violation::Invalid,
};

use crate::domain::{Genre, GenreFields};
use crate::store::{self, Genres, name_taken};
use crate::{events, jobs, legacy, library_import};

pub(crate) fn routes() -> Routes {
    Routes::new("Genres", "The kinds of books, as a tree that librarians keep and everybody reads.")
        .add(Access::Permission(Permission::new("genre:create")), route!(create))
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(Permission::new("genre:update")), route!(change))
        .add(Access::Permission(Permission::new("genre:delete")), route!(delete))
        .with(legacy::routes())
        .with(jobs::routes())
        .with(library_import::routes())
}

impl Resource for Genre {
    type View = Self;
    const PATH: &'static str = "/api/v1/genres";
    const MISSING: &'static str = "There is no such genre.";
}

/// Adds a genre.
#[utoipa::path(post, path = "/api/v1/genres", request_body = GenreFields, responses(
    (status = 201, body = Genre),
    (status = 409, description = "Another genre has this name"),
))]
async fn create(context: Context, ValidJson(fields): ValidJson<GenreFields>) -> Result<Response, Problem> {
    let genre = Genre::new(fields)?;
    let above = store::above(&genre)?;
    genre.check_place(&above).map_err(Invalid::from)?;
    store::hold(context.begin(), &above)
        .execute(genre.insert())
        .on_unique("genres.name_folded", name_taken)
        .execute_all(store::named(&genre))
        .publish(&events::added(&genre))
        .respond(genre.created())
        .commit()
}

/// Lists genres by name, archived ones as well.
#[utoipa::path(get, path = "/api/v1/genres", params(ListQuery<Genres>),
    responses((status = 200, body = Listed<Genre>)))]
async fn list(query: ListQuery<Genres>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows a genre.
#[utoipa::path(get, path = "/api/v1/genres/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Genre),
    (status = 404, description = "There is no such genre"),
))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Genre::get(id).map(Genre::shown)
}

/// Changes a genre: what is given replaces, `null` removes. To archive it is a change, too.
#[utoipa::path(patch, path = "/api/v1/genres/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = GenreFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Genre),
        (status = 404, description = "There is no such genre"),
        (status = 409, description = "Another genre has this name, or genres in use are below one that is archived"),
    ))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let genre = Genre::get_for(id, &if_match)?;
    let changed = genre.with(patch.apply(&genre.fields())?)?;
    if changed.fields() == genre.fields() {
        return Ok(genre.shown());
    }
    let mut transaction = context.begin();
    if changed.parent_id != genre.parent_id || (genre.archived && !changed.archived) {
        let above = store::above(&changed)?;
        changed.check_place(&above).map_err(Invalid::from)?;
        transaction = store::hold(transaction, &above);
    }
    if changed.archived && !genre.archived {
        transaction = store::childless(transaction, &genre, "archived = FALSE");
    }
    transaction
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("genres.name_folded", name_taken)
        .execute_all(store::named(&changed))
        .publish(&events::changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a genre that is archived, if none is below it.
#[utoipa::path(delete, path = "/api/v1/genres/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such genre"),
    (status = 409, description = "It isn't archived, or other genres are below it"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let genre = Genre::get_for(id, &conditions)?;
    if !genre.archived {
        return Err(Problem::conflict(
            "GENRE_NOT_ARCHIVED",
            "Archive it first, so that no book gets it any more.",
        ));
    }
    store::childless(context.begin(), &genre, "1 = 1")
        .execute_all(store::unnamed(&genre))
        .execute(store::delete(&genre))
        .on_missing(Problem::precondition_failed)
        .publish(&events::removed(&genre))
        .respond(no_content())
        .commit()
}
