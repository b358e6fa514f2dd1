//! People and their profiles; below, what they belong to.

pub mod cohorts;
pub mod organizations;
pub mod teams;

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

pub use lyceum_kit::erasure::ErasureRequested;

/// A person has a profile now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProfileCreated {
    /// The person.
    pub user_id: UserId,
    /// What others see.
    pub display_name: String,
    /// When they had an account.
    pub created_at: Timestamp,
}
event!(ProfileCreated, "lyceum.users.ProfileCreated.v1", about "user" in user_id);

/// A person changed their profile.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProfileUpdated {
    /// The person.
    pub user_id: UserId,
    /// What others see.
    pub display_name: String,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(ProfileUpdated, "lyceum.users.ProfileUpdated.v1", about "user" in user_id);

/// An administrator set a person's status.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StatusChanged {
    /// The person.
    pub user_id: UserId,
    /// From now on.
    pub status: Status,
    /// When it was set.
    pub changed_at: Timestamp,
}
event!(StatusChanged, "lyceum.users.StatusChanged.v1", about "user" in user_id);

/// A job of users is to go on, such as an export of people.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.users.JobContinued.v1", about "job" in job_id);

/// Whether a person takes part. Only who is active may sign in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May sign in.
    Active,
    /// Has left, and may come back.
    Inactive,
    /// Was shut out.
    Suspended,
}
