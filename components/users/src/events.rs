//! What users does when auth says something.

use lyceum_event_types::{
    auth::{AddressChanged, RolesChanged, UserCreated},
    users::ProfileCreated,
};
use lyceum_kit::{
    erasure::{self, Erasure},
    periodic::{Job, every, minutes},
    prelude::*,
    projection::Projection,
    text::Name,
};

use crate::{
    domain::{Person, ProfileFields, Status, fold_address},
    export,
    organizations::{ending, leaving},
    store,
};

/// What is done every minute.
pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "sagas", crate::erasure::run_due),
    every(minutes(1), "jobs", export::run_due),
    every(minutes(1), "deleted-organizations", ending::run_due),
];

/// Erases a person: they leave all organisations first, one by one, and then are nobody any more.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    leaving::leave_all(erasure)?;
    let user_id = erasure.user_id();
    Ok(leaving::has_left_all(user_id, transaction).execute_all(store::erase(user_id)))
}

/// Makes the profile, unless there is one: this event may come again when its key is long forgotten, and came once as
/// a projection to installations that are older than this reaction.
pub(crate) fn create(received: &Received, user: &UserCreated) -> Result<(), EventError> {
    if erasure::is_erased(user.user_id)? || store::find(user.user_id)?.is_some() {
        return Ok(());
    }
    // What happened can't be refused, however old the event is.
    let name = |text: &String| String::from(Name::nearest(text));
    let fields = ProfileFields {
        display_name: name(&user.display_name),
        first_name: user.first_name.as_ref().map(name),
        last_name: user.last_name.as_ref().map(name),
        ..ProfileFields::default()
    };
    let person = Person {
        user_id: user.user_id,
        email: user.email.clone(),
        status: user.status.map_or(Status::Active, Status::from),
        roles: user.roles.clone(),
        fields: AsJson(fields),
        version: 1,
        created_at: user.created_at,
        updated_at: user.created_at,
    };
    let sequence = received.sequence.and_then(|sequence| i64::try_from(sequence).ok()).unwrap_or_default();
    let created = ProfileCreated {
        user_id: person.user_id,
        display_name: person.fields.0.display_name.clone(),
        created_at: person.created_at,
    };
    received
        .begin()
        .execute(erasure::unless_erased(user.user_id))
        .execute_all(store::insert(&person, sequence))
        .publish(&created)
        .commit()?;
    Ok(())
}

/// Shows the roles that auth gave. The profile may come later: another consumer makes it.
pub(crate) fn roles_changed(projection: &Projection<'_>, changed: &RolesChanged) -> Result<(), EventError> {
    let RolesChanged { user_id, roles, .. } = changed;
    if erasure::is_erased(*user_id)? {
        return Ok(());
    }
    let values = [("roles", AsJson(roles).into_value()), ("updated_at", clock::now().into_value())];
    projection
        .update(&store::PROFILES, params![*user_id], &values)
        .execute_all(store::replace_roles(*user_id, roles))
        .commit()
}

/// Shows the address that auth has, and lets the list find the person by it. The profile may come later, as with roles.
pub(crate) fn address_changed(
    projection: &Projection<'_>,
    changed: &AddressChanged,
) -> Result<(), EventError> {
    let AddressChanged { user_id, email, .. } = changed;
    if erasure::is_erased(*user_id)? {
        return Ok(());
    }
    let person = store::find(*user_id)?.ok_or_else(|| EventError::not_yet("the profile"))?;
    let values = [
        ("email", email.as_str().into_value()),
        ("email_folded", fold_address(email).into_value()),
        ("updated_at", clock::now().into_value()),
    ];
    projection
        .update(&store::ADDRESSES, params![*user_id], &values)
        .needs(store::unchanged(&person), "the profile, which somebody changes at this moment")
        .execute_all(store::readdressed(person, email))
        .commit()
}
