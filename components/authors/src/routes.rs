//! The routes of `/api/v1/authors`.

mod photo;
mod view;

use lyceum_kit::{
    list::ListQuery,
    prelude::*,
    sql::{Table as _, Versioned as _},
};

use self::view::AuthorView;
use crate::domain::{Author, AuthorFields};
use crate::photos::PHOTOS;
use crate::store::{self, Authors, books};
use crate::{events, legacy, library_import};

pub(crate) fn routes() -> Routes {
    let change = Access::Permission(Permission::new("author:update"));
    Routes::new("Authors", "Those who write books: their names, lives, identifiers and photos.")
        .add(Access::Permission(Permission::new("author:create")), route!(create))
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(change, route!(update))
        .add(Access::Permission(Permission::new("author:delete")), route!(delete))
        .add(Access::SignedIn, route!(photo::get))
        .add(change, route!(photo::put))
        .add(change, route!(photo::delete))
        .with(legacy::routes())
        .with(library_import::routes())
}

impl Resource for Author {
    type View = AuthorView;
    const PATH: &'static str = "/api/v1/authors";
    const MISSING: &'static str = "There is no such author.";
}

/// Which of the columns are there once, and what to say of them.
fn identified<E>(transaction: Transaction<E>) -> Transaction<E> {
    let taken = |what: &str| {
        let detail = format!("Another author has this {what}: it names one person.");
        Problem::conflict("IDENTIFIER_TAKEN", detail)
    };
    transaction
        .on_unique("authors.viaf", move || taken("VIAF number"))
        .on_unique("authors.isni", move || taken("ISNI"))
        .on_unique("authors.orcid", move || taken("ORCID iD"))
}

/// Adds an author.
#[utoipa::path(post, path = "/api/v1/authors", request_body = AuthorFields, responses(
    (status = 201, body = AuthorView),
    (status = 409, description = "Another author has one of these identifiers"),
))]
async fn create(context: Context, ValidJson(fields): ValidJson<AuthorFields>) -> Result<Response, Problem> {
    let author = Author::new(fields)?;
    let number = store::NUMBERS.next(&context.without_once(), "")?.value;
    let author = Author { number, ..author };
    identified(context.begin().execute(author.insert()))
        .execute_all(store::named(&author))
        .publish(&events::added(&author))
        .respond(author.created())
        .commit()
}

/// Lists authors by the name that they are sorted by.
#[utoipa::path(get, path = "/api/v1/authors", params(ListQuery<Authors>),
    responses((status = 200, body = Listed<AuthorView>)))]
async fn list(query: ListQuery<Authors>) -> Result<Response, Problem> {
    query.answer(AuthorView::from)
}

/// Shows an author.
#[utoipa::path(get, path = "/api/v1/authors/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = AuthorView),
    (status = 404, description = "There is no such author"),
))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Author::get(id).map(Author::shown)
}

/// Changes an author: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/authors/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = AuthorFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = AuthorView),
        (status = 404, description = "There is no such author"),
        (status = 409, description = "Another author has one of these identifiers"),
    ))]
async fn update(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let author = Author::get_for(id, &if_match)?;
    let changed = author.with(patch.apply(&author.fields())?)?;
    if changed.fields() == author.fields() {
        return Ok(author.shown());
    }
    identified(context.begin().execute(changed.update()).on_missing(Problem::precondition_failed))
        .execute_all(store::named(&changed))
        .publish(&events::changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes an author whom no book names.
#[utoipa::path(delete, path = "/api/v1/authors/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such author"),
    (status = 409, description = "Books name the author"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let author = Author::get_for(id, &conditions)?;
    books::bookless(context.begin(), &author)
        .execute_all(PHOTOS.replace(author.photo.as_ref(), None))
        .execute_all(store::delete(&author))
        .on_missing(Problem::precondition_failed)
        .publish(&events::removed(&author))
        .respond(no_content())
        .commit()
}
