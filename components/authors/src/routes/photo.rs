//! An author's photo. Its tag is that of its content, and not the author's.

use lyceum_kit::body::collect_within;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use super::view::PhotoView;
use crate::domain::Author;
use crate::domain::photo::{ImageType, PHOTO_LIMIT, Photo};
use crate::{events, photos};

fn no_photo() -> Problem {
    Problem::not_found("The author has no photo.")
}

fn of(author: &Author) -> Option<&Photo> {
    author.photo.as_ref().map(|AsJson(photo)| photo)
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
    let author = Author::get(id)?;
    let photo = of(&author).ok_or_else(no_photo)?;
    let tag = photo.tag();
    let unread = method == Method::HEAD || conditions.has(&tag);
    let body = if unread { Body::empty() } else { photos::read(photo)?.ok_or_else(no_photo)? };
    let mut response = tagged(&tag, Response::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(photo.content_type.name()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Gives the author a photo of at most 1,000,000 bytes, in place of the one before.
#[utoipa::path(put, operation_id = "put_photo", path = "/api/v1/authors/{id}/photo", params(("id" = Uuid, Path)),
    request_body(description = "PNG or JPEG", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    responses(
        (status = 200, body = PhotoView, description = "In place of another one"),
        (status = 201, body = PhotoView),
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
    let stated = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = stated
        .and_then(ImageType::of_media_type)
        .ok_or_else(|| Problem::unsupported_media_type("image/png, image/jpeg"))?;
    let author = Author::get(id)?;
    conditions.check(of(&author).map(Photo::tag).as_ref())?;
    let bytes = collect_within(request.into_body(), PHOTO_LIMIT).await?;
    if !content_type.begins(&bytes) {
        let detail = format!("The content is no {content_type}.");
        return Err(Problem::unprocessable("NOT_SUCH_AN_IMAGE", detail));
    }
    let photo = photos::of_content(content_type, &bytes);
    let same = |old: &Photo| old.checksum == photo.checksum && old.content_type == photo.content_type;
    if let Some(old) = of(&author).filter(|old| same(old)) {
        return Ok(tagged(&old.tag(), Json(PhotoView::from(old.clone()))));
    }
    photos::write(&context, &photo, &bytes)?;
    let body = tagged(&photo.tag(), Json(PhotoView::from(photo.clone())));
    let location = format!("/api/v1/authors/{id}/photo");
    let response = if author.photo.is_none() { created(&location, body) } else { body };
    changed(context.begin(), &author, &author.with_photo(Some(photo))).respond(response).commit()
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
    let author = Author::get(id)?;
    conditions.check(of(&author).map(Photo::tag).as_ref())?;
    of(&author).ok_or_else(no_photo)?;
    changed(context.begin(), &author, &author.with_photo(None)).respond(no_content()).commit()
}

/// The author's next version, which has another photo or none.
fn changed(transaction: Transaction, before: &Author, after: &Author) -> Transaction {
    transaction
        .execute(after.update())
        .on_missing(|| {
            Problem::conflict("AUTHOR_CHANGED", "The author was changed in the meantime: try again.")
        })
        .execute_all(photos::given(Some(before), after))
        .publish(&events::changed(after))
}
