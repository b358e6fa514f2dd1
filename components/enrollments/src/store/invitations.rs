//! The SQL of invitations.

use lyceum_kit::list::{List, Listing, Order, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::Invitation;

row!(Invitation in "invitations" {
    id, course_id, code, label, max_uses, expires_at, revoked_at, created_by, created_at, uses,
});

/// The invitation with this code.
pub(crate) fn with_code(code: &str) -> Result<Option<Invitation>, SqlError> {
    query_optional(Invitation::select("WHERE code = $1", params![code]))
}

/// The invitation of a course with this id.
pub(crate) fn of(course_id: Uuid, id: Uuid) -> Result<Option<Invitation>, SqlError> {
    query_optional(Invitation::select("WHERE id = $1 AND course_id = $2", params![id, course_id]))
}

/// Uses it once, if it may be.
pub(crate) fn spend(id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE invitations SET uses = uses + 1 WHERE id = $1 AND revoked_at IS NULL \
                AND (expires_at IS NULL OR expires_at > $2) AND (max_uses IS NULL OR uses < max_uses)";
    statement(text, params![id, now]).expect_rows(1)
}

/// It was used in vain.
pub(crate) fn give_back(id: Uuid) -> Statement {
    statement("UPDATE invitations SET uses = uses - 1 WHERE id = $1 AND uses > 0", params![id])
}

/// Nobody enrols with it any more. Taken back again, it stays as it is.
pub(crate) fn revoke(id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE invitations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    statement(text, params![id, now])
}

/// Those of one course, the newest first.
pub(crate) struct Invitations;

pub(crate) fn of_course(course_id: Uuid) -> Scope {
    Scope::all().equal("course_id", course_id)
}

impl Listing for Invitations {
    type Row = Invitation;
    const LIST: List =
        List::of(Invitation::TABLE, Invitation::COLUMN_LIST, "id", Order::integer("created_at").descending());
}
