//! What auth does on events: others', and ticks.

use lyceum_event_types::{auth::EndReason, users::StatusChanged};
use lyceum_kit::{
    erasure::{self, Erasure},
    periodic::{Job, every, hours, minutes},
    prelude::*,
};

use crate::domain::account::Status;
use crate::{first_admin, library_keys, secrets, store};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "first-admin", make_first_admin),
    every(minutes(1), "library-key", library_keys::prepare),
    every(hours(1), "purge", purge),
];

fn make_first_admin(by: &WithoutOnce) -> Result<(), EventError> {
    Ok(first_admin::ensure(by)?)
}

fn purge(by: &WithoutOnce) -> Result<(), EventError> {
    Ok(store::purge(by, clock::now())?)
}

/// Whoever is not active can't sign in, and is signed out.
pub(crate) fn status_changed(received: &Received, changed: &StatusChanged) -> Result<(), EventError> {
    if erasure::is_erased(changed.user_id)? {
        return Ok(());
    }
    let (id, status, now) = (changed.user_id.uuid(), Status::from(changed.status), clock::now());
    let mut transaction = received.begin().execute(store::set_status(id, status, now)).expect_rows(1);
    if status != Status::Active {
        transaction = store::end_all_sessions(transaction, id, now, EndReason::AccountClosed)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Signs the person out everywhere and removes their account, so that its address is free again.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let id = erasure.user_id().uuid();
    let mut transaction = store::end_all_sessions(transaction, id, clock::now(), EndReason::AccountClosed)?;
    // Guesses at an address are kept by its digest. One that no longer counts as an address has none.
    if let Some(address) = store::find(id)?.and_then(|account| account.email.parse().ok()) {
        transaction = transaction.execute(store::clear_attempts(&secrets::attempts_key(&address)?));
    }
    Ok(transaction.execute_all(store::erase(id)))
}
