//! Removing what is no longer needed, each time only after a transaction has said so.
//!
//! Everything here may be repeated: it works on what there is, and what fails comes again with the next tick.

use std::time::Duration;

use lyceum_kit::{periodic, prelude::*};

use crate::domain::File;
use crate::store::objects::Object;
use crate::store::{self, objects, parts};
use crate::storing::container;

/// No request lasts that long: an object that is still being written then never will be.
const UNFINISHED: Duration = Duration::from_hours(1);

/// Gives up uploads that took too long.
pub(crate) fn give_up_expired(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    let expired = periodic::each(
        |file: &File| format!("giving up the upload of file {}", file.id),
        |after| Ok(store::expired(now, after)?),
        |file| {
            log::info(format!("the upload of file {} is given up", file.id));
            delete(by.begin(), file, now).commit()?;
            Ok(())
        },
    );
    expired.map(drop)
}

/// Gives up objects that nobody finished writing.
pub(crate) fn give_up_unfinished(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    by.begin().execute(objects::doom_unfinished(now.minus(UNFINISHED), now)).commit()?;
    Ok(())
}

/// Removes the objects that nobody needs.
pub(crate) fn remove_doomed(by: &WithoutOnce) -> Result<(), EventError> {
    remove(by, |after| Ok(objects::doomed(after)?))
}

/// Removes the objects of a file that was deleted.
pub(crate) fn remove_objects(by: &WithoutOnce, file: Uuid) -> Result<(), EventError> {
    remove(by, |after| Ok(objects::doomed_of(file, after)?))
}

/// Deletes a file, with its parts; the objects follow.
pub(crate) fn delete<E>(transaction: Transaction<E>, file: &File, now: Timestamp) -> Transaction<E> {
    transaction
        .execute(store::delete(file, now))
        .execute(store::release(file.user_id, file.file_size))
        .execute(parts::remove_all(file.id))
        .execute(objects::doom_all(file.id, now))
}

/// Removes these objects from the container, each by itself.
pub(crate) fn remove(
    by: &WithoutOnce,
    next: impl FnMut(Option<&Object>) -> Result<Vec<Object>, EventError>,
) -> Result<(), EventError> {
    let mut opened = None;
    let remove = |object: &Object| {
        // Opened only if there is something to remove.
        let container = match &opened {
            Some(container) => container,
            None => opened.insert(container()?),
        };
        container.delete(&object.name.to_string())?;
        by.begin().execute(objects::forget(object.name)).commit()?;
        Ok(())
    };
    periodic::each(|object: &Object| format!("removing object {}", object.name), next, remove).map(drop)
}
