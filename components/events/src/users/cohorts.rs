//! Cohorts, which are groups of an organisation's learners, and who is in them: all events are about the cohort, and so
//! come in order.
//!
//! When a cohort is deleted, everybody has left it, without an event for each of them.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// There is a cohort of an organisation, to which it belongs for good.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CohortCreated {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}
event!(CohortCreated, "lyceum.users.CohortCreated.v1", about "cohort" in cohort_id);

/// What is said of a cohort has changed, whatever it is: the cohort as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CohortUpdated {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(CohortUpdated, "lyceum.users.CohortUpdated.v1", about "cohort" in cohort_id);

/// A cohort is gone, and everybody has left it: no event tells so of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CohortDeleted {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(CohortDeleted, "lyceum.users.CohortDeleted.v1", about "cohort" in cohort_id);

/// Somebody is in a cohort from now on. They are a member of its organisation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CohortMemberAdded {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// Since when.
    pub joined_at: Timestamp,
}
event!(CohortMemberAdded, "lyceum.users.CohortMemberAdded.v1", about "cohort" in cohort_id);

/// Somebody is in a cohort no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CohortMemberRemoved {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// When they left.
    pub removed_at: Timestamp,
}
event!(CohortMemberRemoved, "lyceum.users.CohortMemberRemoved.v1", about "cohort" in cohort_id);
