//! A reader's photo: theirs to give and to take away, and librarians'. Its tag is that of its content, and not the record's.

use lyceum_kit::pictures::{self, Picture, PictureView, Pictured, Pictures};
use lyceum_kit::prelude::*;

use super::{LIST, UPDATE, missing};
use crate::domain::Reader;
use crate::events;
use crate::photos::PHOTOS;

impl Pictured for Reader {
    const PICTURES: &'static Pictures = &PHOTOS;
    const SEGMENT: &'static str = "photo";
    const NONE: &'static str = "The reader has no photo.";

    fn picture(&self) -> Option<&AsJson<Picture>> {
        self.photo.as_ref()
    }

    fn with_picture(&self, picture: Option<AsJson<Picture>>) -> Self {
        self.with_photo(picture)
    }

    fn changed_meanwhile() -> Problem {
        Problem::conflict("READER_CHANGED", "The record was changed in the meantime: try again.")
    }

    fn publish_changed(&self, transaction: Transaction) -> Transaction {
        transaction.publish(&events::changed(self))
    }
}

/// The reader, for themselves and for who has the permission. Everybody else isn't told whether there is one.
fn find(caller: &Caller, id: Uuid, permission: Permission) -> Result<Reader, Problem> {
    let reader = Reader::get(id)?;
    let theirs = reader.user_id == caller.user_id || caller.may(permission);
    if theirs { Ok(reader) } else { Err(missing()) }
}

/// The reader's photo.
#[utoipa::path(get, operation_id = "get_reader_photo", path = "/api/v1/readers/{id}/photo", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "image/png"),
    (status = 404, description = "There is no such reader, it is somebody else, or they have no photo"),
))]
pub(super) async fn get(
    caller: Caller,
    Path(id): Path<Uuid>,
    method: Method,
    conditions: Conditions,
) -> Result<Response, Problem> {
    pictures::show(&find(&caller, id, LIST)?, &method, &conditions)
}

/// Gives the reader a photo of at most 1,000,000 bytes, in place of the one before.
#[utoipa::path(put, operation_id = "put_reader_photo", path = "/api/v1/readers/{id}/photo", params(("id" = Uuid, Path)),
    request_body(description = "PNG or JPEG", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    responses(
        (status = 200, body = PictureView, description = "In place of another one"),
        (status = 201, body = PictureView),
        (status = 404, description = "There is no such reader, or it is somebody else"),
        (status = 409, description = "The record was changed in the meantime"),
        (status = 412, description = "`If-Match` or `If-None-Match` was given and does not hold for the photo"),
        (status = 413, description = "It has too many bytes"),
        (status = 415, description = "It is neither PNG nor JPEG"),
        (status = 422, description = "It is not of the type that is stated"),
    ))]
pub(super) async fn put(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    request: Request<Body>,
) -> Result<Response, Problem> {
    pictures::put(&find(&caller, id, UPDATE)?, &context, &conditions, request).await
}

/// Takes the reader's photo away.
#[utoipa::path(delete, operation_id = "delete_reader_photo", path = "/api/v1/readers/{id}/photo", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "The reader has no photo any more"),
    (status = 404, description = "There is no such reader, it is somebody else, or they have no photo"),
    (status = 409, description = "The record was changed in the meantime"),
    (status = 412, description = "`If-Match` was given and is not the photo's"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    pictures::delete(&find(&caller, id, UPDATE)?, &context, &conditions)
}
