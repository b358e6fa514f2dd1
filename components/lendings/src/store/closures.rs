//! The SQL of closures: those who are about to go begin nothing new.

use lyceum_kit::prelude::*;

/// This person begins nothing new from now on, until that moment if one is given.
pub(crate) fn close(id: Uuid, user_id: UserId, ends_at: Option<Timestamp>) -> Statement {
    let text = "INSERT INTO closures (id, user_id, ends_at) VALUES ($1, $2, $3) \
                ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at";
    statement(text, params![id, user_id, ends_at])
}

/// They may again.
pub(crate) fn reopen(id: Uuid, user_id: UserId) -> Statement {
    statement("DELETE FROM closures WHERE id = $1 AND user_id = $2", params![id, user_id])
}

/// Those that have ended by themselves are forgotten.
pub(crate) fn forget_ended(now: Timestamp) -> Statement {
    statement("DELETE FROM closures WHERE ends_at <= $1", params![now])
}

/// Of this book nothing new begins until that moment.
pub(crate) fn close_book(book_id: Uuid, ends_at: Timestamp) -> Statement {
    let text = "INSERT INTO book_closures (book_id, ends_at) VALUES ($1, $2) \
                ON CONFLICT (book_id) DO UPDATE SET ends_at = excluded.ends_at";
    statement(text, params![book_id, ends_at])
}

/// Those of books that have ended are forgotten.
pub(crate) fn forget_ended_of_books(now: Timestamp) -> Statement {
    statement("DELETE FROM book_closures WHERE ends_at <= $1", params![now])
}

/// Finds a closure of this book.
pub(crate) fn of_book(book_id: Uuid, now: Timestamp) -> Statement {
    let text = "SELECT book_id FROM book_closures WHERE book_id = $1 AND ends_at > $2";
    statement(text, params![book_id, now])
}

/// Finds a closure of this person: an erasure's, or one for this record.
pub(crate) fn of(reader_id: Uuid, user_id: UserId, now: Timestamp) -> Statement {
    let text = "SELECT id FROM closures WHERE user_id = $1 \
                AND (ends_at IS NULL OR (id = $2 AND ends_at > $3)) LIMIT 1";
    statement(text, params![user_id, reader_id, now])
}
