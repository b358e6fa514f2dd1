//! Teams within an organisation, and who is in them: all events are about the team, and so come in order.
//!
//! When a team is deleted, everybody has left it, without an event for each of them.

use lyceum_kit::{
    prelude::{Timestamp, UserId, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

text_enum! {
    /// What somebody is in a team.
    pub enum TeamRole {
        /// Keeps the team and who is in it.
        Lead = "lead",
        /// Takes part.
        Member = "member",
    }
}

/// There is a team within an organisation, to which it belongs for good.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamCreated {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}
event!(TeamCreated, "lyceum.users.TeamCreated.v1", about "team" in team_id);

/// What is said of a team has changed, whatever it is: the team as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamUpdated {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(TeamUpdated, "lyceum.users.TeamUpdated.v1", about "team" in team_id);

/// A team is gone, and everybody has left it: no event tells so of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamDeleted {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(TeamDeleted, "lyceum.users.TeamDeleted.v1", about "team" in team_id);

/// Somebody is in a team from now on. They are a member of its organisation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamMemberAdded {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// What they are there from now on.
    pub role: TeamRole,
    /// Since when.
    pub joined_at: Timestamp,
}
event!(TeamMemberAdded, "lyceum.users.TeamMemberAdded.v1", about "team" in team_id);

/// Somebody in a team has another role.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamMemberChanged {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// What they are there from now on.
    pub role: TeamRole,
    /// When they were given it.
    pub changed_at: Timestamp,
}
event!(TeamMemberChanged, "lyceum.users.TeamMemberChanged.v1", about "team" in team_id);

/// Somebody is in a team no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TeamMemberRemoved {
    /// The team.
    pub team_id: Uuid,
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// When they left.
    pub removed_at: Timestamp,
}
event!(TeamMemberRemoved, "lyceum.users.TeamMemberRemoved.v1", about "team" in team_id);
