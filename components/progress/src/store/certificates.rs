//! The SQL of certificates.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table as _;

use crate::domain::certificate::Certificate;

row!(versioned Certificate in "certificates" {
    id, code, enrollment_id, user_id, course_id, course_title, course_version, holder_name, issued_at, revoked_at,
    revoked_by, revoked_reason, version
});

/// The one with this code.
pub(crate) fn by_code(code: &str) -> Result<Option<Certificate>, SqlError> {
    query_optional(Certificate::select("WHERE code = $1", params![code]))
}

/// A person's certificates before this one, the latest first.
pub(crate) fn of_person(
    user_id: UserId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Certificate>, SqlError> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let which = "WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    query_all(Certificate::select(which, params![user_id, before, limit]))
}
