//! A book's photo, which is its cover, as the library's clients read and remove it.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use super::find;
use crate::covers::COVERS;
use crate::domain::Book;
use crate::events;
use crate::routes::changed_meanwhile;

/// The photo; without one an answer without a body.
#[utoipa::path(get, operation_id = "library_book_photo", path = "/legacy/books/{isbn}/photo", params(("isbn" = String, Path)), responses(
    (status = 200, description = "PNG or JPEG, or nothing"),
    (status = 404, description = "There is no such book"),
))]
pub(super) async fn get(Path(isbn): Path<String>) -> Result<Response, Problem> {
    COVERS.show_to_older_client(find(&isbn)?.cover.as_ref())
}

/// Takes the photo away.
#[utoipa::path(delete, operation_id = "library_delete_book_photo", path = "/legacy/books/{isbn}/photo", params(("isbn" = String, Path)),
    responses(
        (status = 200, description = "There is none any more"),
        (status = 404, description = "There is no such book, or no photo"),
    ))]
pub(super) async fn delete(context: Context, Path(isbn): Path<String>) -> Result<Response, Problem> {
    let book = find(&isbn)?;
    if book.cover.is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let changed = Book { cover: None, ..book.touched() };
    context
        .begin()
        .execute(changed.update())
        .on_missing(changed_meanwhile)
        .execute_all(COVERS.replace(book.cover.as_ref(), None))
        .publish(&events::book_changed(&changed))
        .respond(StatusCode::OK.into_response())
        .commit()
}
