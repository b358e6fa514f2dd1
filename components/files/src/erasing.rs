//! Removing all files of a person whose data is to be erased, with their content.
//!
//! Each file is deleted as its owner would do it, so that whoever refers to it hears so; then its content is removed.
//! What is not done at one go, since there is too much or the blob store is away, is done when the event comes again.

use lyceum_event_types::files::FileDeleted;
use lyceum_kit::{erasure::Erasure, periodic, prelude::*};

use crate::{
    domain::File,
    store::{self, objects},
    sweeping,
};

pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let (user_id, by) = (erasure.user_id(), erasure.without_once());
    periodic::each(
        |file: &File| format!("deleting file {} of a person who is erased", file.id),
        |after| Ok(store::of_person(user_id, after)?),
        |file| {
            let now = clock::now();
            let deleted = FileDeleted { file_id: file.id, user_id, deleted_at: now };
            sweeping::delete(by.begin(), file, now).publish(&deleted).commit()?;
            Ok(())
        },
    )?;
    sweeping::remove(&by, |after| Ok(objects::doomed_of_person(user_id, after)?))?;
    match objects::count_of_person(user_id)? {
        // An upload that is under way is among them, and given up within the hour.
        left if left > 0 => Err(EventError::unavailable(format!("{left} objects are not removed yet"))),
        _ => Ok(transaction.execute_all(store::erase(user_id))),
    }
}
