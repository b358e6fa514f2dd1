//! The SQL of organisations that were deleted, and are not gone yet.

use lyceum_kit::prelude::*;

/// How many of those who were in it one step removes.
const MEMBERS: i64 = 1_000;

/// Those with an id after this one.
pub(crate) fn deleted(after: &str, most: i64) -> Result<Vec<Uuid>, SqlError> {
    let text = "SELECT id FROM organizations WHERE present = FALSE AND id > $1 ORDER BY id LIMIT $2";
    Ok(query_all::<(Uuid,)>(statement(text, params![after, most]))?.into_iter().map(|(id,)| id).collect())
}

pub(crate) fn has_members(organization_id: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT user_id FROM organization_members WHERE organization_id = $1 LIMIT 1";
    Ok(query_optional::<(UserId,)>(statement(text, params![organization_id]))?.is_some())
}

/// Nobody is in its teams and cohorts any more.
pub(crate) fn remove_some_members(organization_id: Uuid) -> Statement {
    let text = "DELETE FROM organization_members WHERE organization_id = $1 AND user_id IN \
                (SELECT user_id FROM organization_members WHERE organization_id = $1 LIMIT $2)";
    statement(text, params![organization_id, MEMBERS])
}

pub(crate) fn forget(organization_id: Uuid) -> Statement {
    let text = "DELETE FROM organizations WHERE id = $1 AND present = FALSE";
    statement(text, params![organization_id])
}
