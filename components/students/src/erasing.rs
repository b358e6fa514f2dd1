//! What is about a person goes, and what they wrote about others stays without their name.
//!
//! Documents are written one by one, so this is done before the transaction that answers, and may be done again. What is too
//! much for one go is done when the event comes again.

use lyceum_kit::documents::{Stored, field};
use lyceum_kit::erasure::Erasure;
use lyceum_kit::prelude::*;

use crate::domain::Entry;
use crate::keys::Wanted;
use crate::store::{ENTRIES, id_of};

/// The largest page.
const BATCH: u32 = 200;
/// So many batches fit into what a subscriber may take.
const BATCHES: usize = 10;

pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let (user_id, by) = (erasure.user_id(), erasure.without_once());
    let (path, about) = Wanted { student: Some(user_id), ..Wanted::default() }.range();
    batches(
        || Ok(ENTRIES.find(&about).sort(path).first(BATCH)?.documents),
        |stored| {
            let event = stored.body.removed(id_of(stored)?);
            ENTRIES.delete(&by, &stored.id).expect_version(stored.version).publish(&event).commit()?;
            Ok(())
        },
    )?;
    let written = field("author_id").equals(user_id.to_string());
    batches(
        || Ok(ENTRIES.find(&written).sort("author_id").first(BATCH)?.documents),
        |stored| {
            let entry = Entry { author_id: None, updated_at: clock::now(), ..stored.body.clone() };
            let event = entry.changed(id_of(stored)?);
            let write = ENTRIES.put(&by, &stored.id, &entry).expect_version(stored.version);
            write.publish(&event).commit()?;
            Ok(())
        },
    )?;
    Ok(transaction)
}

/// Works on the first ones until there are none. One that was changed meanwhile is among the next ones.
fn batches(
    next: impl Fn() -> Result<Vec<Stored<Entry>>, EventError>,
    work: impl Fn(&Stored<Entry>) -> Result<(), EventError>,
) -> Result<(), EventError> {
    for _ in 0..BATCHES {
        let found = next()?;
        if found.is_empty() {
            return Ok(());
        }
        found.iter().try_for_each(&work)?;
    }
    Err(EventError::unavailable("more entries are left than can be erased at one go"))
}
