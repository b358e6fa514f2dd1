//! Removing what is no longer needed, each time only after a transaction has said so.

use std::time::Duration;

use lyceum_kit::prelude::*;

use crate::domain::File;
use crate::store::objects::Object;
use crate::store::{self, objects, parts};
use crate::storing::container;

/// No request lasts that long: an object that is still being written then never will be.
const UNFINISHED: Duration = Duration::from_hours(1);
/// Rows at one go; the rest is left to the next time.
const BATCH: i64 = 100;

/// Gives up uploads that took too long, and removes the objects that nobody needs.
pub(crate) fn sweep(context: &Context) -> Result<(), EventError> {
    let context = context.without_once();
    let now = clock::now();
    for file in store::expired(now, BATCH)? {
        log::info(format!("the upload of file {} is given up", file.id));
        delete(transaction(&context), &file, now).commit()?;
    }
    let micros = i64::try_from(UNFINISHED.as_micros()).unwrap_or(i64::MAX);
    let before = Timestamp::from_micros(now.as_micros().saturating_sub(micros));
    transaction(&context).execute(objects::doom_unfinished(before, now)).commit()?;
    remove(&context, &objects::doomed(BATCH)?)
}

/// Removes the objects of a file that was deleted.
pub(crate) fn remove_objects(context: &Context, file: Uuid) -> Result<(), EventError> {
    remove(&context.without_once(), &objects::doomed_of(file, BATCH)?)
}

/// Deletes a file, with its parts; the objects follow.
pub(crate) fn delete(transaction: Transaction, file: &File, now: Timestamp) -> Transaction {
    transaction
        .execute(store::delete(file, now))
        .execute(store::release(&file.user_id, file.file_size))
        .execute(parts::remove_all(file.id))
        .execute(objects::doom_all(file.id, now))
}

fn remove(context: &Context, doomed: &[Object]) -> Result<(), EventError> {
    if doomed.is_empty() {
        return Ok(());
    }
    let container = container()?;
    for object in doomed {
        container.delete(&object.name.to_string())?;
        transaction(context).execute(objects::forget(object.name)).commit()?;
    }
    Ok(())
}
