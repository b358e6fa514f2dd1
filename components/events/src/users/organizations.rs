//! Organisations and who is in them: all events are about the organisation, and so come in order.
//!
//! When an organisation is deleted, all who were members are so no more, without an event for each of them. Its teams and
//! cohorts end one by one, each with an event of its own, which may come before or after that of the organisation.

use lyceum_kit::{
    prelude::{Timestamp, UserId, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

text_enum! {
    /// What somebody is in an organisation.
    pub enum OrganizationRole {
        /// Decides everything, also who else does.
        Owner = "owner",
        /// Keeps the organisation, its teams, its cohorts and its members, but no owners.
        Admin = "admin",
        /// Teaches there: keeps cohorts.
        Instructor = "instructor",
        /// Takes part.
        Member = "member",
    }
}

/// There is an organisation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationCreated {
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// What addresses call it; no other organisation has it at the same time.
    pub slug: String,
    /// When it was made.
    pub created_at: Timestamp,
}
event!(OrganizationCreated, "lyceum.users.OrganizationCreated.v1", about "organization" in organization_id);

/// What is said of an organisation has changed, whatever it is: the organisation as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationUpdated {
    /// The organisation.
    pub organization_id: Uuid,
    /// What people call it; others may have the same.
    pub name: String,
    /// What addresses call it; no other organisation has it at the same time.
    pub slug: String,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(OrganizationUpdated, "lyceum.users.OrganizationUpdated.v1", about "organization" in organization_id);

/// An organisation is gone, and everybody has left it: no event tells so of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationDeleted {
    /// The organisation.
    pub organization_id: Uuid,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(OrganizationDeleted, "lyceum.users.OrganizationDeleted.v1", about "organization" in organization_id);

/// Somebody is a member of an organisation from now on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationMemberAdded {
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// What they are there from now on.
    pub role: OrganizationRole,
    /// Since when.
    pub joined_at: Timestamp,
}
event!(OrganizationMemberAdded, "lyceum.users.OrganizationMemberAdded.v1", about "organization" in organization_id);

/// A member of an organisation has another role.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationMemberChanged {
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// What they are there from now on.
    pub role: OrganizationRole,
    /// When they were given it.
    pub changed_at: Timestamp,
}
event!(OrganizationMemberChanged, "lyceum.users.OrganizationMemberChanged.v1", about "organization" in organization_id);

/// Somebody is a member of an organisation no more. They have left its teams and cohorts, too: each says so itself.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrganizationMemberRemoved {
    /// The organisation.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: UserId,
    /// When they left.
    pub removed_at: Timestamp,
}
event!(OrganizationMemberRemoved, "lyceum.users.OrganizationMemberRemoved.v1", about "organization" in organization_id);
