//! The older library's face: `/api/authors`, for clients that know authors by their numbers.
//!
//! Versions count from 0 there, and from 1 in the rows. What an older client writes is a name and a biography; all else
//! that is known of an author stays as it is.

mod author;
mod coauthors;
mod form;
mod photo;
mod top;

use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Deserialize;

use self::author::{AuthorList, LibraryAuthor};
use self::form::{AuthorForm, Sent};
use crate::domain::{Author, AuthorFields};
use crate::photos::PHOTOS;
use crate::{events, store};

/// The path inside. Clients know it as `/api/authors`.
const PATH: &str = "/legacy/authors";
/// So many authors are in an answer, which has no pages.
const MAX_AUTHORS: u32 = 1_000;

pub(crate) fn routes() -> Routes {
    let (staff, all) =
        (Access::RolesAlone(&[Role::Librarian]), Access::RolesAlone(&[Role::Librarian, Role::Reader]));
    Routes::new("", "")
        .add(staff, route!(create))
        .add(all, route!(search))
        .add(all, route!(top::get))
        .add(all, route!(show))
        .add(staff, route!(change))
        .add(Access::RolesAlone(&[Role::Reader]), route!(coauthors::get))
        .add(all, route!(photo::get))
        .add(staff, route!(photo::delete))
        .dialect(&lyceum_kit::dialect::LIBRARY)
}

/// The version as older clients count it.
fn tag(author: &Author) -> EntityTag {
    EntityTag::of_version(author.version - 1)
}

fn answer(context: &Context, profile: LibraryProfile, author: &Author) -> Response {
    tagged(&tag(author), Json(LibraryAuthor::of(context, profile, author)))
}

fn find(number: i64) -> Result<Author, Problem> {
    store::by_number(number)?
        .ok_or_else(|| Problem::not_found(format!("Cannot find the author with number {number}.")))
}

/// Adds an author, of a form.
#[utoipa::path(post, operation_id = "library_create", path = "/legacy/authors", request_body(content = Sent, content_type = "multipart/form-data"),
    responses((status = 201, body = LibraryAuthor), (status = 400, description = "A field or the photo is wrong")))]
async fn create(context: Context, profile: LibraryProfile, form: AuthorForm) -> Result<Response, Problem> {
    let (name, biography) = form.required()?;
    let photo = form.photo()?;
    form::check_name(&name)?;
    let fields = AuthorFields { name, biography: Some(biography), ..AuthorFields::default() };
    let author = Author::new(fields).map_err(|invalid| form::illegal(&invalid))?;
    let number = store::NUMBERS.next(&context.without_once(), "")?.value;
    let mut author = Author { number, ..author };
    if let Some(photo) = photo {
        author.photo = Some(PHOTOS.write(&context, &photo)?);
    }
    let location = context.outside(PATH).absolute();
    context
        .begin()
        .execute(author.insert())
        .execute_all(store::named(&author))
        .execute_all(PHOTOS.replace(None, author.photo.as_ref()))
        .publish(&events::added(&author))
        .respond(created(&location, answer(&context, profile, &author)))
        .commit()
}

/// What is looked for.
#[derive(Debug, Deserialize)]
struct Wanted {
    name: Option<String>,
}

/// The authors whose names begin so, the first 1,000 of them.
#[utoipa::path(get, operation_id = "library_search", path = "/legacy/authors", params(("name" = String, Query)),
    responses((status = 200, body = AuthorList), (status = 400, description = "No name was given")))]
async fn search(
    context: Context,
    profile: LibraryProfile,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let name = wanted.name.ok_or_else(|| {
        Problem::bad_request("PARAMETER_MISSING", "Required parameter 'name' is not present.")
    })?;
    let authors = store::beginning(&name, MAX_AUTHORS)?;
    let items = authors.iter().map(|author| LibraryAuthor::of(&context, profile, author)).collect();
    Ok(Json(AuthorList { items }).into_response())
}

/// Shows an author.
#[utoipa::path(get, operation_id = "library_show", path = "/legacy/authors/{number}", params(("number" = i64, Path)), responses(
    (status = 200, body = LibraryAuthor),
    (status = 404, description = "There is no such author"),
))]
async fn show(
    context: Context,
    profile: LibraryProfile,
    Path(number): Path<i64>,
) -> Result<Response, Problem> {
    find(number).map(|author| answer(&context, profile, &author))
}

/// Changes an author, by a form: what is given replaces.
#[utoipa::path(patch, operation_id = "library_change", path = "/legacy/authors/{number}",
    params(("number" = i64, Path), ("If-Match" = String, Header, description = "The version that was read")),
    request_body(content = Sent, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = LibraryAuthor),
        (status = 400, description = "A field, the photo or `If-Match` is wrong or missing"),
        (status = 404, description = "There is no such author"),
        (status = 409, description = "The version is another one"),
    ))]
async fn change(
    context: Context,
    profile: LibraryProfile,
    Path(number): Path<i64>,
    if_match: IfMatch,
    form: AuthorForm,
) -> Result<Response, Problem> {
    form.check_lengths()?;
    let photo = form.photo()?;
    let author = find(number)?;
    if_match.check(&tag(&author))?;
    let AuthorFields { name, biography, .. } = author.fields();
    let (name, biography) = (form.name(name)?, form.biography(biography)?);
    let fields = AuthorFields { name, biography, ..author.fields() };
    let mut changed = author.with(fields).map_err(|invalid| form::illegal(&invalid))?;
    if changed.fields() == author.fields() && photo.is_none() {
        return Ok(answer(&context, profile, &author));
    }
    if let Some(photo) = photo {
        changed.photo = Some(PHOTOS.write(&context, &photo)?);
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(store::named(&changed))
        .execute_all(PHOTOS.replace(author.photo.as_ref(), changed.photo.as_ref()))
        .publish(&events::changed(&changed))
        .respond(answer(&context, profile, &changed))
        .commit()
}
