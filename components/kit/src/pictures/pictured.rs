//! The routes of a row's picture: shown, given and taken away, the same for every row that has one.

use axum::{Json, body::Body, response::Response};
use http::{HeaderValue, Method, Request, header::CACHE_CONTROL};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Picture, PictureType, Pictures};
use crate::{
    conditions::Conditions,
    context::Context,
    problem::Problem,
    resource::Resource,
    response::{created, no_content, tagged},
    sql::{AsJson, Begin as _, Transaction},
};

/// What a picture is, as people see it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub struct PictureView {
    content_type: PictureType,
    /// In bytes.
    size: u64,
    /// SHA-256 in hexadecimal.
    checksum: String,
}

impl From<Picture> for PictureView {
    fn from(Picture { media_type, size, sha256, .. }: Picture) -> Self {
        Self { content_type: media_type, size, checksum: sha256 }
    }
}

/// A row that has a picture or none. Its routes are [`show`], [`put`] and [`delete`]; their tag is that of the picture's content, and not the row's.
pub trait Pictured: Resource + 'static {
    /// Where its pictures are, and which ones are taken.
    const PICTURES: &'static Pictures;
    /// What its picture is called in a path: `photo` for `/api/v1/authors/{id}/photo`.
    const SEGMENT: &'static str;
    /// What is said where it has none, such as `The author has no photo.`
    const NONE: &'static str;

    /// The picture that it has.
    fn picture(&self) -> Option<&AsJson<Picture>>;

    /// Its next version, which has this picture or none.
    #[must_use]
    fn with_picture(&self, picture: Option<AsJson<Picture>>) -> Self;

    /// 409 and not 412 when somebody else changes the row at that moment: no state of the row was named, so no condition is
    /// there that does not hold.
    fn changed_meanwhile() -> Problem;

    /// Publishes that the row has changed.
    fn publish_changed(&self, transaction: Transaction) -> Transaction;
}

/// The picture's content, or 404. Who asked may keep it, and asks with its tag whether it still holds: people see it who are
/// signed in, and it may be another one at any time.
pub fn show<R: Pictured>(row: &R, method: &Method, conditions: &Conditions) -> Result<Response, Problem> {
    let none = || Problem::not_found(R::NONE);
    let AsJson(picture) = row.picture().ok_or_else(none)?;
    let mut response = R::PICTURES.show(picture, method, conditions)?.ok_or_else(none)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Gives the row the picture that the request's body is. 201 with its `Location` if it had none, else 200; with what the
/// picture is, and its tag. Nothing is written where it has this picture already. Fails with what [`Pictures::receive`]
/// fails with, 412 if a condition does not hold for the picture, 409 if the row is changed at that moment.
pub async fn put<R: Pictured>(
    row: &R,
    context: &Context,
    conditions: &Conditions,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let present = row.picture().map(|AsJson(picture)| picture);
    conditions.check(present.map(Picture::tag).as_ref())?;
    let new = R::PICTURES.receive(request).await?;
    if let Some(same) = present.filter(|present| new.is(present)) {
        return Ok(view(same));
    }
    let picture = R::PICTURES.write(context, &new)?;
    let response = match present {
        Some(_) => view(&picture.0),
        None => created(&format!("{}/{}/{}", R::PATH, row.key(), R::SEGMENT), view(&picture.0)),
    };
    give(row, context, Some(picture), response)
}

/// Takes the picture away: 204, or 404 if there is none, 412 if `If-Match` is not its tag.
pub fn delete<R: Pictured>(row: &R, context: &Context, conditions: &Conditions) -> Result<Response, Problem> {
    conditions.check(row.picture().map(|AsJson(picture)| picture.tag()).as_ref())?;
    row.picture().ok_or_else(|| Problem::not_found(R::NONE))?;
    give(row, context, None, no_content())
}

fn view(picture: &Picture) -> Response {
    tagged(&picture.tag(), Json(PictureView::from(picture.clone())))
}

/// Commits the row's next version, with another picture or none, and the answer.
fn give<R: Pictured>(
    row: &R,
    context: &Context,
    picture: Option<AsJson<Picture>>,
    response: Response,
) -> Result<Response, Problem> {
    let after = row.with_picture(picture);
    let transaction = context
        .begin()
        .execute(after.update())
        .on_missing(R::changed_meanwhile)
        .execute_all(R::PICTURES.replace(row.picture(), after.picture()));
    after.publish_changed(transaction).respond(response).commit()
}
