//! How content becomes a file.
//!
//! The object is noted, then written, then taken into the file by one transaction, which also publishes. Whatever ends
//! early leaves an object that is noted as one being written, which `sweeping` removes.

use lyceum_kit::{
    blobs::{BlobError, Container, Sha256Digest, Stored, Upload},
    prelude::*,
    sql::Versioned as _,
};

use crate::domain::error::FileError;
use crate::domain::{File, Status};
use crate::store::parts::Part;
use crate::store::{self, Content, objects, parts};

/// The container in the manifest.
pub(crate) fn container() -> Result<Container, BlobError> {
    Container::open("files")
}

/// Stores a body of at most `limit` bytes, if it is what was stated.
pub(crate) fn receive(
    context: &Context,
    file: Uuid,
    body: Body,
    limit: i64,
    stated: &[Option<Sha256Digest>],
    exactly: bool,
) -> Result<Content, Problem> {
    let wanted = stated.to_vec();
    write(context, file, |upload| {
        upload.append(body, u64::try_from(limit).unwrap_or_default())?;
        check(&upload.so_far(), &wanted, exactly.then_some(limit))
    })
}

/// Joins the parts of a file.
pub(crate) fn join(context: &Context, file: &File, parts: &[Part]) -> Result<Content, Problem> {
    let container = container()?;
    write(context, file.id, |upload| {
        for part in parts {
            let stored = container.get(&part.object.to_string(), 0..part.size())?;
            upload.append(stored, file.size()).map_err(|error| {
                match error {
                    // It is our own part that broke off, not the client's body.
                    BlobError::Incomplete(reason) => BlobError::Unavailable(reason),
                    other => other,
                }
            })?;
        }
        check(&upload.so_far(), &[file.checksum], Some(file.file_size))
    })
}

fn write(
    context: &Context,
    file: Uuid,
    put_into: impl FnOnce(&mut Upload) -> Result<(), BlobError>,
) -> Result<Content, Problem> {
    let object = ids::new();
    context.without_once().begin().execute(objects::begin(object, file, clock::now())).commit()?;
    let mut upload = container()?.create(&object.to_string())?;
    if let Err(error) = put_into(&mut upload) {
        // Nothing is stored before the end, so there is nothing to remove.
        drop(upload);
        let forgotten = context.without_once().begin().execute(objects::forget(object)).commit();
        if let Err(error) = forgotten {
            log::warn(format!("an object that was not written is swept up later: {error}"));
        }
        return Err(error.into());
    }
    let Stored { size, sha256 } = upload.finish()?;
    Ok(Content { object, size: i64::try_from(size).unwrap_or(i64::MAX), checksum: Sha256Digest(sha256) })
}

fn check(stored: &Stored, stated: &[Option<Sha256Digest>], size: Option<i64>) -> Result<(), BlobError> {
    let came = Sha256Digest(stored.sha256);
    let refused = |error: FileError| Err(BlobError::Refused(error.into()));
    if let Some(announced) = size.filter(|size| u64::try_from(*size) != Ok(stored.size)) {
        return refused(FileError::SizeMismatch { came: stored.size, announced });
    }
    match stated.iter().flatten().find(|stated| **stated != came) {
        Some(stated) => refused(FileError::ChecksumMismatch { came, stated: *stated }),
        None => Ok(()),
    }
}

/// The file with this content.
pub(crate) fn with_content(file: File, content: &Content) -> File {
    File {
        status: Status::Available,
        object: Some(content.object),
        file_size: content.size,
        checksum: Some(content.checksum),
        version: file.version + 1,
        updated_at: clock::now(),
        ..file
    }
}

/// Makes the file available, and says so to everybody. What was reserved for it and isn't needed is given back.
pub(crate) fn publish(context: &Context, stored: &Content, file: &File, reserved: i64) -> Transaction {
    let now = file.updated_at;
    let transaction = context
        .begin()
        // Misses its row if it has its content already, or was deleted: both make another version of it.
        .execute(file.update())
        .on_missing(|| FileError::Complete.into())
        .execute(objects::doom_all(file.id, now))
        .execute(parts::remove_all(file.id))
        .execute(objects::keep(stored.object, now))
        .publish(&file.uploaded());
    match reserved - file.file_size {
        0 => transaction,
        unused => transaction.execute(store::release(file.user_id, unused)),
    }
}
