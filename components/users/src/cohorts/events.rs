//! What is told of cohorts.

use lyceum_event_types::users::cohorts::{CohortCreated, CohortUpdated};

use super::domain::Cohort;

pub(crate) fn created(cohort: &Cohort) -> CohortCreated {
    let Cohort { id: cohort_id, organization_id, name, created_at, .. } = cohort.clone();
    CohortCreated { cohort_id, organization_id, name, created_at }
}

pub(crate) fn updated(cohort: &Cohort) -> CohortUpdated {
    let Cohort { id: cohort_id, organization_id, name, updated_at, .. } = cohort.clone();
    CohortUpdated { cohort_id, organization_id, name, updated_at }
}
