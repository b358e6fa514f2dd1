//! Pictures of covers.

use lyceum_kit::pictures::{self, Picture, PictureView, Pictured, Pictures};
use lyceum_kit::prelude::*;

use super::caching;
use crate::covers::COVERS;
use crate::domain::Book;
use crate::events;

impl Pictured for Book {
    const PICTURES: &'static Pictures = &COVERS;
    const SEGMENT: &'static str = "cover";
    const NONE: &'static str = "This book has no cover.";

    fn picture(&self) -> Option<&AsJson<Picture>> {
        self.cover.as_ref()
    }

    fn with_picture(&self, picture: Option<AsJson<Picture>>) -> Self {
        Self { cover: picture, ..self.touched() }
    }

    fn changed_meanwhile() -> Problem {
        changed_meanwhile()
    }

    fn publish_changed(&self, transaction: Transaction) -> Transaction {
        transaction.publish(&events::book_changed(self))
    }
}

/// Gives a book a cover, in place of the one that it has.
///
/// What the picture is says `Content-Type`; its own first bytes must not say otherwise.
#[utoipa::path(put, path = "/api/v1/books/{id}/cover", operation_id = "put_cover", params(("id" = Uuid, Path)),
    request_body(content(
        (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"),
    ), description = "At most 5 MiB"),
    responses(
        (status = 200, body = PictureView, description = "In place of another one"),
        (status = 201, body = PictureView),
        (status = 404, description = "There is no such book"),
        (status = 409, description = "The book was changed in the meantime"),
        (status = 412, description = "`If-Match` or `If-None-Match` was given and does not hold for the cover"),
        (status = 413, description = "Larger than 5 MiB"),
        (status = 415, description = "`Content-Type` is neither JPEG, PNG nor WebP"),
        (status = 422, description = "It is not of the type that is stated"),
    ))]
pub(super) async fn put(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    request: Request<Body>,
) -> Result<Response, Problem> {
    pictures::put(&Book::get(id)?, &context, &conditions, request).await
}

/// 409 and not 412: nobody named a state of the book, so no condition is there that doesn't hold.
pub(crate) fn changed_meanwhile() -> Problem {
    Problem::conflict("BOOK_CHANGED", "The book was changed in the meantime: try again.")
}

/// A book's cover.
#[utoipa::path(get, path = "/api/v1/books/{id}/cover", operation_id = "show_cover", params(("id" = Uuid, Path)),
    responses(
        (status = 200, content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))),
        (status = 404, description = "There is no such book, or it has no cover"),
    ))]
pub(super) async fn get(
    Path(id): Path<Uuid>,
    method: Method,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let answer = pictures::show(&Book::get(id)?, &method, &conditions)?;
    Ok(caching::of_book(id, answer))
}

/// Takes a book's cover away.
#[utoipa::path(delete, path = "/api/v1/books/{id}/cover", operation_id = "delete_cover", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "The book has no cover any more"),
        (status = 404, description = "There is no such book, or it has no cover"),
        (status = 409, description = "The book was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is not the cover's"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    pictures::delete(&Book::get(id)?, &context, &conditions)
}
