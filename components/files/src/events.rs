//! What files does on events.

use lyceum_event_types::files::FileDeleted;
use lyceum_kit::periodic::{Job, every, minutes};
use lyceum_kit::prelude::*;

use crate::sweeping;

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "expired-uploads", sweeping::give_up_expired),
    every(minutes(1), "unfinished-objects", sweeping::give_up_unfinished),
    every(minutes(1), "doomed-objects", sweeping::remove_doomed),
];

/// Removes the content of a file that was deleted.
pub(crate) fn file_deleted(received: &Received, deleted: &FileDeleted) -> Result<(), EventError> {
    sweeping::remove_objects(&received.without_once(), deleted.file_id)
}
