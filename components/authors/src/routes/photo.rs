//! An author's photo. Its tag is that of its content, and not the author's.

use lyceum_kit::pictures::{self, Picture, PictureView, Pictured, Pictures};
use lyceum_kit::prelude::*;

use crate::domain::Author;
use crate::events;
use crate::photos::PHOTOS;

impl Pictured for Author {
    const PICTURES: &'static Pictures = &PHOTOS;
    const SEGMENT: &'static str = "photo";
    const NONE: &'static str = "The author has no photo.";

    fn picture(&self) -> Option<&AsJson<Picture>> {
        self.photo.as_ref()
    }

    fn with_picture(&self, picture: Option<AsJson<Picture>>) -> Self {
        self.with_photo(picture)
    }

    fn changed_meanwhile() -> Problem {
        Problem::conflict("AUTHOR_CHANGED", "The author was changed in the meantime: try again.")
    }

    fn publish_changed(&self, transaction: Transaction) -> Transaction {
        transaction.publish(&events::changed(self))
    }
}

/// The author's photo.
#[utoipa::path(get, operation_id = "get_photo", path = "/api/v1/authors/{id}/photo", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "image/png"),
    (status = 404, description = "There is no such author, or they have no photo"),
))]
pub(super) async fn get(
    Path(id): Path<Uuid>,
    method: Method,
    conditions: Conditions,
) -> Result<Response, Problem> {
    pictures::show(&Author::get(id)?, &method, &conditions)
}

/// Gives the author a photo of at most 1,000,000 bytes, in place of the one before.
#[utoipa::path(put, operation_id = "put_photo", path = "/api/v1/authors/{id}/photo", params(("id" = Uuid, Path)),
    request_body(description = "PNG or JPEG", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    responses(
        (status = 200, body = PictureView, description = "In place of another one"),
        (status = 201, body = PictureView),
        (status = 404, description = "There is no such author"),
        (status = 409, description = "The author was changed in the meantime"),
        (status = 412, description = "`If-Match` or `If-None-Match` was given and does not hold for the photo"),
        (status = 413, description = "It has too many bytes"),
        (status = 415, description = "It is neither PNG nor JPEG"),
        (status = 422, description = "It is not of the type that is stated"),
    ))]
pub(super) async fn put(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    request: Request<Body>,
) -> Result<Response, Problem> {
    pictures::put(&Author::get(id)?, &context, &conditions, request).await
}

/// Takes the author's photo away.
#[utoipa::path(delete, operation_id = "delete_photo", path = "/api/v1/authors/{id}/photo", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "The author has no photo any more"),
    (status = 404, description = "There is no such author, or they have no photo"),
    (status = 409, description = "The author was changed in the meantime"),
    (status = 412, description = "`If-Match` was given and is not the photo's"),
))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    pictures::delete(&Author::get(id)?, &context, &conditions)
}
