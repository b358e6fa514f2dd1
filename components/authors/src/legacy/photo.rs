//! An author's photo, as the library's clients read and remove it.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use super::find;
use crate::photos::PHOTOS;
use crate::{events, store};

/// The photo; without one an answer without a body.
#[utoipa::path(get, operation_id = "library_photo", path = "/legacy/authors/{number}/photo", params(("number" = i64, Path)), responses(
    (status = 200, description = "PNG or JPEG, or nothing"),
    (status = 404, description = "There is no such author"),
))]
pub(super) async fn get(Path(number): Path<i64>) -> Result<Response, Problem> {
    PHOTOS.show_to_older_client(find(number)?.photo.as_ref())
}

/// Takes the photo away.
#[utoipa::path(delete, operation_id = "library_delete_photo", path = "/legacy/authors/{number}/photo", params(("number" = i64, Path)), responses(
    (status = 200, description = "There is none any more"),
    (status = 403, description = "There is no such author"),
    (status = 404, description = "There is no photo"),
))]
pub(super) async fn delete(context: Context, Path(number): Path<i64>) -> Result<Response, Problem> {
    let missing = || Problem::forbidden("Cannot find that author.").with_code("ACCESS_DENIED");
    let author = store::by_number(number)?.ok_or_else(missing)?;
    if author.photo.is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let changed = author.with_photo(None);
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(PHOTOS.replace(author.photo.as_ref(), None))
        .publish(&events::changed(&changed))
        .respond(StatusCode::OK.into_response())
        .commit()
}
