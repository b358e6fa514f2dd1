//! Books that the library's clients add and change.

use lyceum_kit::dialect::LibraryPhoto;
use lyceum_kit::pictures::Picture;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use lyceum_kit::violation::Invalid;

use super::book::LibraryBook;
use super::form::{self, BookForm, Sent};
use super::{answer, find, tag};
use crate::covers::COVERS;
use crate::domain::{Book, Isbn};
use crate::events;
use crate::routes::check_genre;
use crate::store::{self, books::isbn_taken};

pub(super) fn refused(Invalid(violations): Invalid) -> Problem {
    let detail = violations.first().map_or_else(String::new, |violation| violation.message.to_string());
    Problem::bad_request("ILLEGAL_ARGUMENT", detail)
}

/// Adds a book, of a form.
#[utoipa::path(put, operation_id = "library_create_book", path = "/legacy/books/{isbn}", params(("isbn" = String, Path)),
    request_body(content = Sent, content_type = "multipart/form-data"),
    responses((status = 201, body = LibraryBook), (status = 400, description = "Something is wrong; mostly without a body")))]
pub(super) async fn create(
    context: Context,
    Path(isbn): Path<String>,
    form: BookForm,
) -> Result<Response, Problem> {
    let photo = form.photo()?;
    if !Isbn::is_plain(&isbn) {
        return Err(Problem::bad_request("ILLEGAL_ARGUMENT", "Invalid ISBN"));
    }
    let book = Book::new(form::new_fields(&form, &isbn)?).map_err(refused)?;
    check_genre(book.genre_id)?;
    let book = Book { cover: store_cover(&context, photo)?, ..book };
    // The library added the ISBN to an address that ended in it.
    let location = format!("{}/{isbn}", context.outside(&format!("{}/{isbn}", super::PATH)).absolute());
    context
        .begin()
        .execute(book.insert())
        .on_unique("books.isbn", isbn_taken)
        .execute_all(COVERS.replace(None, book.cover.as_ref()))
        .execute_all(store::books::found(&book))
        .publish(&events::book_added(&book))
        .respond(created(&location, answer(&context, &book)?))
        .commit()
}

/// Changes a book, by a form: what is given replaces.
#[utoipa::path(patch, operation_id = "library_change_book", path = "/legacy/books/{isbn}",
    params(("isbn" = String, Path), ("If-Match" = String, Header, description = "The version that was read")),
    request_body(content = Sent, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = LibraryBook),
        (status = 400, description = "`If-Match` is missing, or the photo is wrong"),
        (status = 409, description = "Anything else: the version is another one, or there is no such book"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(isbn): Path<String>,
    if_match: IfMatch,
    form: BookForm,
) -> Result<Response, Problem> {
    let photo = form.photo()?;
    let book = find(&isbn)?;
    if_match.check(&tag(&book))?;
    let changed = book.with(form::with(&form, book.fields())?).map_err(refused)?;
    if changed.fields() == book.fields() && photo.is_none() {
        return answer(&context, &book);
    }
    let cover = store_cover(&context, photo)?.or_else(|| book.cover.clone());
    let changed = Book { cover, ..changed };
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(COVERS.replace(book.cover.as_ref(), changed.cover.as_ref()))
        .execute_all(store::books::found(&changed))
        .publish(&events::book_changed(&changed))
        .respond(answer(&context, &changed)?)
        .commit()
}

fn store_cover(context: &Context, photo: Option<LibraryPhoto>) -> Result<Option<AsJson<Picture>>, Problem> {
    photo.map(|photo| COVERS.write(context, &photo.into())).transpose()
}
