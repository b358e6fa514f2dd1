//! What users tell of who is in which organisation.

use lyceum_event_types::users::organizations::{
    OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberRemoved,
};
use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;

use crate::store::members::{DELETED, MEMBERS};

pub(crate) fn added(projection: &Projection<'_>, told: &OrganizationMemberAdded) -> Result<(), EventError> {
    member(projection, told.organization_id, told.user_id, true)
}

pub(crate) fn removed(
    projection: &Projection<'_>,
    told: &OrganizationMemberRemoved,
) -> Result<(), EventError> {
    member(projection, told.organization_id, told.user_id, false)
}

fn member(
    projection: &Projection<'_>,
    organization_id: Uuid,
    user_id: UserId,
    is_member: bool,
) -> Result<(), EventError> {
    if erasure::is_erased(user_id)? {
        return Ok(());
    }
    projection
        .upsert(&MEMBERS, params![organization_id, user_id], &[("is_member", is_member.into_value())])
        .execute(erasure::unless_erased(user_id))
        .commit()
}

pub(crate) fn deleted(projection: &Projection<'_>, told: &OrganizationDeleted) -> Result<(), EventError> {
    projection.upsert(&DELETED, params![told.organization_id], &[]).commit()
}
