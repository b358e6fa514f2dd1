//! Teams within organisations, for everybody who is in the organisation to see.

pub(crate) mod domain;
pub(crate) mod events;
pub(crate) mod members;
pub(crate) mod routes;
pub(crate) mod standing;
pub(crate) mod store;

use lyceum_event_types::users::teams::TeamDeleted;
use lyceum_kit::prelude::*;

pub(crate) fn routes() -> Routes {
    routes::routes().with(members::routes())
}

/// How many teams end with one step.
const STEP: i64 = 40;

/// Ends some of the teams of an organisation that is gone; nothing if there are none.
pub(crate) fn end_some(
    by: &WithoutOnce,
    organization_id: Uuid,
) -> Result<Option<Transaction<Silent>>, SqlError> {
    let teams = store::some_of(organization_id, STEP)?;
    if teams.is_empty() {
        return Ok(None);
    }
    let deleted_at = clock::now();
    Ok(Some(teams.into_iter().fold(by.begin(), |transaction, team_id| {
        transaction.execute_all(store::delete_whole(team_id)).publish(&TeamDeleted {
            team_id,
            organization_id,
            deleted_at,
        })
    })))
}
