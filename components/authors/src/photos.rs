//! How photos get into their container, and out of it.
//!
//! An object is noted before it is written, and taken by the transaction that gives it to an author. What ends early
//! leaves an object that is noted as one being written; it is removed after an hour, as is at once what an author has no
//! more. So nothing is left over, whatever breaks off.

use std::time::Duration;

use lyceum_kit::blobs::{BlobError, Container, Sha256Digest};
use lyceum_kit::{periodic, prelude::*};

use crate::domain::Author;
use crate::domain::photo::{ImageType, Photo};
use crate::store::photos::{self, Unused};

/// No request lasts that long: a photo that is still nobody's then never becomes somebody's.
const UNFINISHED: Duration = Duration::from_hours(1);

/// The container in the manifest.
fn container() -> Result<Container, BlobError> {
    Container::open("photos")
}

/// The photo that a content is, not stored yet.
pub(crate) fn of_content(content_type: ImageType, content: &[u8]) -> Photo {
    let checksum = Sha256Digest::of(content).to_string();
    let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
    Photo { object: ids::new(), content_type, size, checksum }
}

/// Writes a photo's content, which is nobody's until [`given`] is committed.
pub(crate) fn write(context: &Context, photo: &Photo, bytes: &[u8]) -> Result<(), Problem> {
    context.without_once().begin().execute(photos::begin(photo.object)).commit()?;
    let mut upload = container()?.create(&photo.object.to_string())?;
    upload.write(bytes, photo.size)?;
    upload.finish()?;
    Ok(())
}

/// An author has a photo, or none, in place of the one before.
pub(crate) fn given(before: Option<&Author>, after: &Author) -> Vec<Statement> {
    let object = |author: &Author| author.photo.as_ref().map(|AsJson(photo)| photo.object);
    let (old, new) = (before.and_then(object), object(after));
    if old == new {
        return Vec::new();
    }
    new.map(photos::keep).into_iter().chain(old.map(photos::give_up)).collect()
}

/// An author's photo is nobody's any more.
pub(crate) fn taken(author: &Author) -> Option<Statement> {
    author.photo.as_ref().map(|AsJson(photo)| photos::give_up(photo.object))
}

/// A photo's content; none if it is gone although it should be there.
pub(crate) fn read(photo: &Photo) -> Result<Option<Body>, BlobError> {
    match container()?.get(&photo.object.to_string(), 0..photo.size) {
        Err(BlobError::NoSuchObject) => Ok(None),
        read => read.map(Some),
    }
}

/// Gives up photos that became nobody's.
pub(crate) fn give_up_unfinished(by: &WithoutOnce) -> Result<(), EventError> {
    by.begin().execute(photos::give_up_unfinished(clock::now().minus(UNFINISHED))).commit()?;
    Ok(())
}

/// Removes photos that nobody needs, each by itself.
pub(crate) fn remove_unused(by: &WithoutOnce) -> Result<(), EventError> {
    let remove = |unused: &Unused| {
        container()?.delete(&unused.name.to_string())?;
        by.begin().execute(photos::forget(unused.name)).commit()?;
        Ok(())
    };
    let what = |unused: &Unused| format!("removing the photo {}", unused.name);
    periodic::each(what, |after| Ok(photos::unused(after)?), remove).map(drop)
}
