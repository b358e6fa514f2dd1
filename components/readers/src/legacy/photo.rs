//! A reader's photo, as the library's clients read and remove it.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use super::{Numbered, denied, find, names_present, own};
use crate::domain::Reader;
use crate::photos::PHOTOS;
use crate::{events, store};

/// The photo; without one 404 and no body.
fn photo(reader: &Reader) -> Result<Response, Problem> {
    match &reader.photo {
        None => Ok(StatusCode::NOT_FOUND.into_response()),
        photo => PHOTOS.show_to_older_client(photo.as_ref()),
    }
}

/// The photo of who asks.
#[utoipa::path(get, operation_id = "library_own_photo", path = "/legacy/readers/photo", responses(
    (status = 200, body = Vec<u8>, content_type = "image/png"),
    (status = 404, description = "There is no photo, which is told without a body; or who asks has no record"),
))]
pub(super) async fn get_own(caller: Caller) -> Result<Response, Problem> {
    photo(&own(&caller)?)
}

/// A reader's photo: for librarians, and for that reader.
#[utoipa::path(get, operation_id = "library_reader_photo", path = "/legacy/readers/{year}/{seq}/photo", params(Numbered), responses(
    (status = 200, body = Vec<u8>, content_type = "image/png"),
    (status = 403, description = "It is another reader's, or nobody's"),
    (status = 404, description = "There is no photo, which is told without a body; or there is no such reader"),
))]
pub(super) async fn get(caller: MaybeCaller, Path(numbered): Path<Numbered>) -> Result<Response, Problem> {
    let Some(caller) = caller.0.filter(|caller| !caller.has(Role::Librarian)) else {
        return photo(&find(numbered)?);
    };
    names_present(&caller)?;
    // Who asks for another number isn't told whether there is one.
    let own = store::of_user(caller.user_id)?.filter(|own| own.number == numbered.to_string());
    photo(&own.ok_or_else(|| denied("It is another reader's."))?)
}

/// Takes the photo of who asks away.
#[utoipa::path(delete, operation_id = "library_delete_own_photo", path = "/legacy/readers/photo", responses(
    (status = 200, description = "There is none any more"),
    (status = 404, description = "There is no photo, or who asks has no record"),
))]
pub(super) async fn delete_own(context: Context, caller: Caller) -> Result<Response, Problem> {
    let reader = own(&caller)?;
    if reader.photo.is_none() {
        return Err(Problem::not_found("Reader has no photo to delete."));
    }
    let changed = reader.with_photo(None);
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(PHOTOS.replace(reader.photo.as_ref(), None))
        .publish(&events::changed(&changed))
        .respond(StatusCode::OK.into_response())
        .commit()
}
