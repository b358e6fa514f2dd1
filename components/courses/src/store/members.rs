//! The SQL of who is in which organisation, as users tell it.

use lyceum_kit::prelude::*;
use lyceum_kit::projection::ReadModel;

pub(crate) const MEMBERS: ReadModel =
    ReadModel::of("members_seen", &["organization_id", "user_id"], "users_sequence");
pub(crate) const DELETED: ReadModel =
    ReadModel::of("deleted_organizations_seen", &["organization_id"], "users_sequence");

/// Whether this person is in this organisation.
pub(crate) fn is_member(organization_id: Uuid, user_id: UserId) -> Result<bool, SqlError> {
    let text = "SELECT m.user_id FROM members_seen m \
                WHERE m.organization_id = $1 AND m.user_id = $2 AND m.is_member = $3 AND NOT EXISTS \
                (SELECT 1 FROM deleted_organizations_seen d WHERE d.organization_id = m.organization_id)";
    let found: Option<(UserId,)> = query_optional(statement(text, params![organization_id, user_id, true]))?;
    Ok(found.is_some())
}

/// Nothing is known of this person any more.
pub(crate) fn forget(user_id: UserId) -> Statement {
    statement("DELETE FROM members_seen WHERE user_id = $1", params![user_id])
}
