//! What is told of organisations and their members.

use lyceum_event_types::users::organizations::{
    OrganizationCreated, OrganizationMemberAdded, OrganizationMemberChanged, OrganizationMemberRemoved,
    OrganizationRole, OrganizationUpdated,
};
use lyceum_kit::prelude::*;

use super::domain::Organization;

pub(crate) fn created(organization: &Organization) -> OrganizationCreated {
    let Organization { id: organization_id, name, slug, created_at, .. } = organization.clone();
    OrganizationCreated { organization_id, name, slug, created_at }
}

pub(crate) fn updated(organization: &Organization) -> OrganizationUpdated {
    let Organization { id: organization_id, name, slug, updated_at, .. } = organization.clone();
    OrganizationUpdated { organization_id, name, slug, updated_at }
}

pub(crate) fn member_added(
    organization_id: Uuid,
    user_id: UserId,
    role: OrganizationRole,
    joined_at: Timestamp,
) -> OrganizationMemberAdded {
    OrganizationMemberAdded { organization_id, user_id, role, joined_at }
}

pub(crate) fn member_changed(
    organization_id: Uuid,
    user_id: UserId,
    role: OrganizationRole,
) -> OrganizationMemberChanged {
    OrganizationMemberChanged { organization_id, user_id, role, changed_at: clock::now() }
}

pub(crate) fn member_removed(organization_id: Uuid, user_id: UserId) -> OrganizationMemberRemoved {
    OrganizationMemberRemoved { organization_id, user_id, removed_at: clock::now() }
}
