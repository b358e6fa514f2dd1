//! Pictures that rows have: an author's photo, the cover of a book.
//!
//! What a picture is stands in the row that has it, as JSON; its content is an object in the service's container. An
//! object is noted before it is written, and taken by the transaction that gives it to a row. What ends early leaves an
//! object that is noted as one being written; it is removed after an hour, as is soon what a row has no more. So nothing is
//! left over, whatever breaks off.
//!
//! The service declares the container in the manifest, and has the migration [`PICTURES`].

mod objects;
mod picture;
mod pictured;

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};

use self::objects::Unused;
pub use self::{
    picture::{NewPicture, Picture, PictureType},
    pictured::{PictureView, Pictured, delete, put, show},
};
use crate::{
    blobs::{BlobError, Container, Sha256Digest},
    body::collect_within,
    clock,
    conditions::Conditions,
    context::Context,
    event::EventError,
    ids,
    once::WithoutOnce,
    periodic,
    problem::Problem,
    response::tagged,
    sql::{AsJson, Begin as _, Statement},
};

/// The migration that makes the table of objects: `migrations: ["0001-authors", "0002-pictures" = PICTURES]`.
pub const PICTURES: &str = include_str!("../migrations/pictures.sql");

/// No request lasts that long: a picture that is still nobody's then never becomes somebody's.
const UNFINISHED: Duration = Duration::from_hours(1);

/// The pictures of a service.
#[derive(Clone, Copy, Debug)]
pub struct Pictures {
    /// The container in the manifest.
    pub container: &'static str,
    /// The media types that a picture may be of, with a comma and a space between, such as `image/png, image/jpeg`.
    pub accepted: &'static str,
    /// The most bytes that a picture has.
    pub limit: usize,
}

impl Pictures {
    fn open(&self) -> Result<Container, BlobError> {
        Container::open(self.container)
    }

    /// The picture that a request's body is. 415 if `Content-Type` names none that is taken, 413 if it has too many bytes,
    /// 422 if it doesn't begin as its type does.
    pub async fn receive(&self, request: Request<Body>) -> Result<NewPicture, Problem> {
        let stated = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = stated.and_then(PictureType::of_media_type);
        let media_type = media_type
            .filter(|stated| self.accepted.split(", ").any(|name| name == stated.name()))
            .ok_or_else(|| Problem::unsupported_media_type(self.accepted))?;
        let content = collect_within(request.into_body(), self.limit).await?;
        if media_type.begins(&content) {
            return Ok(NewPicture { media_type, content });
        }
        Err(Problem::unprocessable("NOT_SUCH_AN_IMAGE", format!("The content is no {media_type}.")))
    }

    /// Writes a picture's content, which is nobody's until [`Self::replace`] is committed.
    pub fn write(&self, context: &Context, new: &NewPicture) -> Result<AsJson<Picture>, Problem> {
        let object = ids::new();
        context.without_once().begin().execute(objects::begin(object)).commit()?;
        let mut upload = self.open()?.create(&object.to_string())?;
        upload.write(&new.content, u64::try_from(new.content.len()).unwrap_or(u64::MAX))?;
        let stored = upload.finish()?;
        let sha256 = Sha256Digest(stored.sha256).to_string();
        Ok(AsJson(Picture { object, media_type: new.media_type, size: stored.size, sha256 }))
    }

    /// What the transaction does that gives a row a picture, or none, in place of the one before.
    pub fn replace(
        &self,
        before: Option<&AsJson<Picture>>,
        after: Option<&AsJson<Picture>>,
    ) -> Vec<Statement> {
        let object = |AsJson(picture): &AsJson<Picture>| picture.object;
        let (old, new) = (before.map(object), after.map(object));
        if old == new {
            return Vec::new();
        }
        new.map(objects::keep).into_iter().chain(old.map(objects::give_up)).collect()
    }

    /// A picture's content; none if it is gone although it should be there.
    pub fn read(&self, picture: &Picture) -> Result<Option<Body>, BlobError> {
        match self.open()?.get(&picture.object.to_string(), 0..picture.size) {
            Err(BlobError::NoSuchObject) => Ok(None),
            read => read.map(Some),
        }
    }

    /// The answer that shows a picture: for `HEAD`, and for who has it already, its content is not read. None if its content
    /// is gone.
    pub fn show(
        &self,
        picture: &Picture,
        method: &Method,
        conditions: &Conditions,
    ) -> Result<Option<Response>, Problem> {
        let tag = picture.tag();
        let unread = *method == Method::HEAD || conditions.has(&tag);
        let body = if unread { Some(Body::empty()) } else { self.read(picture)? };
        let Some(body) = body else { return Ok(None) };
        let mut response = tagged(&tag, Response::new(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type.name()));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Ok(Some(response))
    }

    /// The answer of the older library: without a picture, and if its content is gone, 200 with no body.
    pub fn show_to_older_client(&self, picture: Option<&AsJson<Picture>>) -> Result<Response, Problem> {
        let Some(AsJson(picture)) = picture else { return Ok(StatusCode::OK.into_response()) };
        let Some(body) = self.read(picture)? else { return Ok(StatusCode::OK.into_response()) };
        let media_type = HeaderValue::from_static(picture.media_type.name());
        Ok(([(header::CONTENT_TYPE, media_type)], body).into_response())
    }

    /// Removes pictures that nobody needs, each by itself, and those that nobody finished. Call it on a tick.
    pub fn sweep(&self, by: &WithoutOnce) -> Result<(), EventError> {
        by.begin().execute(objects::give_up_unfinished(clock::now().minus(UNFINISHED))).commit()?;
        let remove = |unused: &Unused| {
            self.open()?.delete(&unused.name.to_string())?;
            by.begin().execute(objects::forget(unused.name)).commit()?;
            Ok(())
        };
        let what = |unused: &Unused| format!("removing the picture {}", unused.name);
        periodic::each(what, |after| Ok(objects::unused(after)?), remove).map(drop)
    }
}
