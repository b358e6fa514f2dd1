//! Who borrows most.

use lyceum_kit::prelude::*;
use lyceum_kit::text;

/// A reader and how often they borrowed.
#[derive(Debug)]
pub(crate) struct Borrowed {
    pub(crate) reader_id: Uuid,
    pub(crate) count: i64,
}
from_row!(Borrowed { reader_id, count });

/// The readers who borrowed most often; of two as often, the first by name.
pub(crate) fn most(most: u32) -> Result<Vec<Borrowed>, SqlError> {
    let text = "SELECT readers.id AS reader_id, COUNT(*) AS count FROM lendings_seen \
                JOIN readers ON readers.user_id = lendings_seen.user_id \
                GROUP BY readers.id, readers.full_name_folded \
                ORDER BY count DESC, readers.full_name_folded, readers.id LIMIT $1";
    query_all(statement(text, params![most]))
}

/// The same of the books of this genre that were lent on these days, the first and the last of them included.
pub(crate) fn most_of_genre(
    genre: &str,
    first: Day,
    last: Day,
    most: u32,
) -> Result<Vec<Borrowed>, SqlError> {
    let text = "SELECT readers.id AS reader_id, COUNT(*) AS count FROM genres_seen \
                JOIN lendings_seen ON lendings_seen.genre_id = genres_seen.genre_id \
                JOIN readers ON readers.user_id = lendings_seen.user_id \
                WHERE genres_seen.name_folded = $1 \
                AND lendings_seen.started_on >= $2 AND lendings_seen.started_on <= $3 \
                GROUP BY readers.id, readers.full_name_folded \
                ORDER BY count DESC, readers.full_name_folded, readers.id LIMIT $4";
    query_all(statement(text, params![text::fold(genre), first, last, most]))
}

/// Nothing is known of what this person borrowed.
pub(crate) fn forget(user_id: UserId) -> Statement {
    statement("DELETE FROM lendings_seen WHERE user_id = $1", params![user_id])
}
