//! The SQL of reviews.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use super::numbers;
use crate::domain::review::Review;

row!(versioned Review in "reviews" { id, course_id, user_id, rating, text, version, created_at, updated_at });

/// What this person says of a course.
pub(crate) fn of(course_id: Uuid, user_id: UserId) -> Result<Option<Review>, SqlError> {
    query_optional(Review::select("WHERE user_id = $1 AND course_id = $2", params![user_id, course_id]))
}

/// A review of this course.
pub(crate) fn find(course_id: Uuid, id: Uuid) -> Result<Option<Review>, SqlError> {
    query_optional(Review::select("WHERE id = $1 AND course_id = $2", params![id, course_id]))
}

/// The reviews of a course before this one, the newest first.
pub(crate) fn of_course(course_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<Review>, SqlError> {
    // Ids are hexadecimal digits.
    let before = before.map_or("g".to_owned(), |id| id.to_string());
    let which = "WHERE course_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    query_all(Review::select(which, params![course_id, before, limit]))
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(review: &Review) -> Statement {
    let text = "DELETE FROM reviews WHERE id = $1 AND version = $2";
    statement(text, params![review.id, review.version]).expect_rows(1)
}

/// What this person said is gone, and is counted no more.
pub(crate) fn forget(user_id: UserId) -> [Statement; 2] {
    let own = "SELECT course_id FROM reviews WHERE user_id = $1";
    let gone = statement("DELETE FROM reviews WHERE user_id = $1", params![user_id]);
    [numbers::stale_of(own, user_id), gone]
}
