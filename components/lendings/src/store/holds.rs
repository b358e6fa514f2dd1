//! The SQL of holds. Places in a queue are counted without gaps, so each change moves those behind it by one statement; a
//! change says which state of the queue it was made for, and is refused if somebody else was quicker.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::{Hold, HoldState};

row!(versioned Hold in "holds" {
    id, book_id, reader_id, user_id, state, position, item_id, placed_at, ready_at, pickup_until, ended_at, version
});

/// A state of a book's queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queue {
    pub(crate) book_id: Uuid,
    changes: i64,
    /// How many wait.
    pub(crate) length: i64,
}

/// The present state of a book's queue.
pub(crate) fn queue(book_id: Uuid) -> Result<Queue, SqlError> {
    let changes = "SELECT changes FROM book_queues WHERE book_id = $1";
    let last =
        "SELECT position FROM holds WHERE book_id = $1 AND state = 'waiting' ORDER BY position DESC LIMIT 1";
    let mut found = query(vec![statement(changes, params![book_id]), statement(last, params![book_id])])?;
    let last: Option<(i64,)> = found.pop().unwrap_or_default().optional()?;
    let changes: Option<(i64,)> = found.pop().unwrap_or_default().optional()?;
    let number = |found: Option<(i64,)>| found.map_or(0, |(number,)| number);
    Ok(Queue { book_id, changes: number(changes), length: number(last) })
}

impl Queue {
    /// The queue is changed; misses its row if it was changed since it was read.
    pub(crate) fn change(&self) -> Statement {
        let text = "INSERT INTO book_queues (book_id, changes) VALUES ($1, 1) ON CONFLICT (book_id) DO UPDATE \
                    SET changes = book_queues.changes + 1 WHERE book_queues.changes = $2";
        statement(text, params![self.book_id, self.changes]).expect_rows(1)
    }

    /// Those at places after `after`, up to `to`, go by so many places, but for this one.
    pub(crate) fn shift_others(&self, hold: Uuid, after: i64, to: i64, by: i64) -> Statement {
        let text = "UPDATE holds SET position = position + $4, version = version + 1 \
                    WHERE book_id = $1 AND state = 'waiting' AND position > $2 AND position <= $3 AND id <> $5";
        statement(text, params![self.book_id, after, to, by, hold])
    }

    /// All go by one place, since somebody comes before them.
    pub(crate) fn make_way(&self) -> Statement {
        self.shift_others(Uuid::nil(), 0, i64::MAX, 1)
    }

    /// Those behind this place close up.
    pub(crate) fn close_up(&self, behind: i64) -> Statement {
        self.shift_others(Uuid::nil(), behind, i64::MAX, -1)
    }
}

/// Who is next of those whose records are known.
pub(crate) fn next(book_id: Uuid, unless: Option<Uuid>) -> Result<Option<Hold>, SqlError> {
    let rest = "WHERE book_id = $1 AND state = 'waiting' AND id <> $2 AND EXISTS (SELECT 1 FROM readers_seen \
                WHERE readers_seen.reader_id = holds.reader_id AND readers_seen.removed = FALSE) \
                ORDER BY position LIMIT 1";
    query_optional(Hold::select(rest, params![book_id, unless.unwrap_or_default()]))
}

/// What a reader waits for of this book, or has ready.
pub(crate) fn active(book_id: Uuid, reader_id: Uuid) -> Statement {
    Hold::select("WHERE book_id = $1 AND reader_id = $2 AND ended_at IS NULL", params![book_id, reader_id])
}

/// The hold of another reader for whom this copy is kept.
pub(crate) fn kept_for_others(item_id: Option<Uuid>, reader_id: Uuid) -> Statement {
    let text = "SELECT id FROM holds WHERE item_id = $1 AND ended_at IS NULL AND reader_id <> $2";
    statement(text, params![item_id, reader_id])
}

/// One of the others who wait for the book.
pub(crate) fn awaited_by_others(book_id: Uuid, reader_id: Uuid) -> Statement {
    let text = "SELECT id FROM holds WHERE book_id = $1 AND state = 'waiting' AND reader_id <> $2 LIMIT 1";
    statement(text, params![book_id, reader_id])
}

/// One of the others who wait for the book at a place up to this one.
pub(crate) fn awaited_before(book_id: Uuid, reader_id: Uuid, place: i64) -> Statement {
    let text = "SELECT id FROM holds WHERE book_id = $1 AND state = 'waiting' AND position <= $2 AND reader_id <> $3 \
                LIMIT 1";
    statement(text, params![book_id, place, reader_id])
}

/// The hold for which this copy is kept.
pub(crate) fn kept(item_id: Uuid) -> Result<Option<Hold>, SqlError> {
    query_optional(Hold::select("WHERE item_id = $1 AND ended_at IS NULL", params![item_id]))
}

/// One of those who wait for the book, or for whom a copy of it is kept.
pub(crate) fn of_book(book_id: Uuid) -> Statement {
    let text =
        "SELECT id FROM holds WHERE book_id = $1 AND reader_id IS NOT NULL AND ended_at IS NULL LIMIT 1";
    statement(text, params![book_id])
}

/// A copy of the book that is with nobody, and kept for nobody. That the catalogue shows it as on loan or kept may be news of
/// yesterday, which was told from here.
pub(crate) fn free_item(book_id: Uuid) -> Result<Option<Uuid>, SqlError> {
    let text = "SELECT item_id FROM items_seen WHERE book_id = $1 AND removed = FALSE \
                AND status IN ('available', 'on_loan', 'awaiting_pickup') AND (SELECT lendings.id FROM lendings WHERE lendings.item_id = items_seen.item_id \
                AND lendings.returned_at IS NULL LIMIT 1) IS NULL AND (SELECT holds.id FROM holds \
                WHERE holds.item_id = items_seen.item_id AND holds.ended_at IS NULL LIMIT 1) IS NULL LIMIT 1";
    Ok(query_optional(statement(text, params![book_id]))?.map(|(id,)| id))
}

/// Books that somebody waits for, after this one.
pub(crate) fn awaited(after: Option<Uuid>, limit: u16) -> Result<Vec<Uuid>, SqlError> {
    let text = "SELECT book_id FROM holds WHERE state = 'waiting' AND book_id > $1 AND position = 1 \
                ORDER BY book_id LIMIT $2";
    let books: Vec<(Uuid,)> = query_all(statement(text, params![after.unwrap_or_default(), limit]))?;
    Ok(books.into_iter().map(|(id,)| id).collect())
}

/// Holds whose copies were not fetched before this day, after this one.
pub(crate) fn overdue(
    today: crate::domain::Day,
    after: Option<&Hold>,
    limit: u16,
) -> Result<Vec<Hold>, SqlError> {
    let (day, id) = match after {
        Some(hold) => (hold.pickup_until.into_value(), hold.id),
        None => ("".into_value(), Uuid::nil()),
    };
    let rest = "WHERE pickup_until IS NOT NULL AND ended_at IS NULL AND pickup_until < $1 AND (pickup_until, id) > ($2, $3) \
                ORDER BY pickup_until, id LIMIT $4";
    query_all(Hold::select(rest, params![today, day, id, limit]))
}

/// What this person waits for, or has ready.
pub(crate) fn of_person(user_id: UserId) -> Statement {
    Hold::select("WHERE user_id = $1 AND ended_at IS NULL LIMIT 100", params![user_id])
}

/// What this reader waits for, or has ready.
pub(crate) fn of_reader(reader_id: Uuid) -> Statement {
    Hold::select("WHERE reader_id = $1 AND ended_at IS NULL LIMIT 100", params![reader_id])
}

const BY_PLACED_AT: Order = Order::integer("placed_at");
const BY_POSITION: Order = Order::integer("position");

/// All holds.
pub(crate) struct Holds;

impl Listing for Holds {
    type Row = Hold;
    const LIST: List = List::of(Hold::TABLE, Hold::COLUMN_LIST, "id", BY_PLACED_AT)
        .orders(&[BY_PLACED_AT, BY_POSITION])
        .filters(&[
            Filter::id("reader_id").describe("Only those of this reader."),
            Filter::id("book_id").describe("Only those for this book."),
            Filter::equal::<HoldState>("state").describe("Only those that are so far."),
        ]);
}
