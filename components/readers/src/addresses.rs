//! Somebody signs in by another address: their account is found by it, and their record has it, too.
//!
//! Readers themselves change it by the older library's face, which tells auth first and then writes the record; auth's event says
//! the same once more, and says it also where that record was never written, or where an administrator changed the account.
//! Of two addresses the one counts that belongs to the later version of the account, in whatever order they come.

use lyceum_event_types::auth::AddressChanged;
use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;
use lyceum_kit::sql::Versioned as _;
use lyceum_kit::takeover::address_key;

use crate::{events, store};

/// Whose account is found by which address.
pub(crate) fn seen(projection: &Projection<'_>, changed: &AddressChanged) -> Result<(), EventError> {
    if erasure::is_erased(changed.user_id)? {
        return Ok(());
    }
    let address = address_key(&changed.email).into_value();
    projection.upsert(&store::USERS, params![changed.user_id], &[("address", address)]).commit()
}

/// The record of who is a reader says where mail reaches them. Who is none has nothing here that could change.
pub(crate) fn follow(received: &Received, changed: &AddressChanged) -> Result<(), EventError> {
    let AddressChanged { user_id, email, version, .. } = changed;
    if erasure::is_erased(*user_id)? || store::addresses::followed(*user_id)? >= *version {
        return Ok(());
    }
    let Some(reader) = store::of_user(*user_id)? else { return Ok(()) };
    let mut transaction = received.begin().execute(store::addresses::follow(*user_id, *version));
    if reader.email != *email {
        let reader = reader.with_address(email);
        transaction = transaction.execute(reader.update()).publish(&events::changed(&reader));
    }
    transaction.commit()?;
    Ok(())
}
