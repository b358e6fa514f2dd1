//! Cohorts: groups of an organisation's learners, such as a class, which those who teach there keep.
//!
//! Who is in a cohort sees that there is one, and not who else is in it.

pub(crate) mod domain;
pub(crate) mod events;
pub(crate) mod importing;
pub(crate) mod members;
pub(crate) mod routes;
pub(crate) mod standing;
pub(crate) mod store;

use lyceum_event_types::users::cohorts::CohortDeleted;
use lyceum_kit::prelude::*;

pub(crate) fn routes() -> Routes {
    routes::routes().with(members::routes()).with(importing::routes())
}

/// How many cohorts end with one step.
const STEP: i64 = 40;

/// Ends some of the cohorts of an organisation that is gone; nothing if there are none.
pub(crate) fn end_some(
    by: &WithoutOnce,
    organization_id: Uuid,
) -> Result<Option<Transaction<Silent>>, SqlError> {
    let cohorts = store::some_of(organization_id, STEP)?;
    if cohorts.is_empty() {
        return Ok(None);
    }
    let deleted_at = clock::now();
    Ok(Some(cohorts.into_iter().fold(by.begin(), |transaction, cohort_id| {
        transaction.execute_all(store::delete_whole(cohort_id)).publish(&CohortDeleted {
            cohort_id,
            organization_id,
            deleted_at,
        })
    })))
}
