//! The SQL of lendings.

use lyceum_kit::list::{Between, Field, Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Sequence, Table};

use crate::domain::{Day, Lending};

row!(versioned Lending in "lendings" {
    id, number, book_id, item_id, reader_id, user_id, genre_id, hold_id, terms, started_at, started_on, due_on,
    returned_at, renewals, days_overdue, fine_cents, commentary, version, updated_at
});

/// Numbers are counted in each year.
pub(crate) static NUMBERS: Sequence = Sequence::new("lendings");

/// One of the copies that this reader has, if one was to be back before this day.
pub(crate) fn late(reader_id: Uuid, today: Day) -> Statement {
    let text = "SELECT id FROM lendings WHERE reader_id = $1 AND due_on < $2 AND returned_at IS NULL LIMIT 1";
    statement(text, params![reader_id, today])
}

/// The lending of a copy that is out; nothing for no copy in particular.
pub(crate) fn out(item_id: Option<Uuid>) -> Statement {
    Lending::select("WHERE item_id = $1 AND returned_at IS NULL", params![item_id])
}

/// One of the copies of this book that this reader has.
pub(crate) fn of_book(book_id: Uuid, reader_id: Uuid) -> Statement {
    let text =
        "SELECT id FROM lendings WHERE reader_id = $1 AND book_id = $2 AND returned_at IS NULL LIMIT 1";
    statement(text, params![reader_id, book_id])
}

/// A lending of this book that is out, to whomever and of whichever copy.
pub(crate) fn any_of_book(book_id: Uuid) -> Statement {
    let text = "SELECT id FROM lendings WHERE book_id = $1 AND returned_at IS NULL LIMIT 1";
    statement(text, params![book_id])
}

/// Lendings that are due on this day or before, of which nobody was reminded today, after this one.
pub(crate) fn to_remind(
    today: Day,
    due: Day,
    after: Option<&Lending>,
    limit: u16,
) -> Result<Vec<Lending>, SqlError> {
    let (day, id) = match after {
        Some(lending) => (lending.due_on.into_value(), lending.id),
        None => ("".into_value(), Uuid::nil()),
    };
    let rest = "WHERE reader_id IS NOT NULL AND returned_at IS NULL AND due_on <= $1 AND (due_on, id) > ($2, $3) \
                AND (reminded_on IS NULL OR reminded_on < $4) ORDER BY due_on, id LIMIT $5";
    query_all(Lending::select(rest, params![due, day, id, today, limit]))
}

/// Its reader was reminded on this day; misses its row if they were already, or if the copy is back.
pub(crate) fn reminded(lending: &Lending, today: Day) -> Statement {
    let text = "UPDATE lendings SET reminded_on = $2 WHERE id = $1 AND returned_at IS NULL AND version = $3 \
                AND (reminded_on IS NULL OR reminded_on < $2)";
    statement(text, params![lending.id, today, lending.version]).expect_rows(1)
}

/// The one with this number.
pub(crate) fn numbered(number: &str) -> Result<Option<Lending>, SqlError> {
    query_optional(Lending::select("WHERE number = $1", params![number]))
}

/// One more ended on this day, after so many days.
pub(crate) fn count_return(day: Day, days: u32) -> Statement {
    let text = "INSERT INTO returns_by_day (day, lendings, days) VALUES ($1, 1, $2) ON CONFLICT (day) DO UPDATE \
                SET lendings = returns_by_day.lendings + 1, days = returns_by_day.days + $2";
    statement(text, params![day, days])
}

/// How many lendings ended, and how many days they took together.
pub(crate) fn returns() -> Result<(i64, i64), SqlError> {
    let text = "SELECT CAST(SUM(lendings) AS BIGINT) AS ended, CAST(SUM(days) AS BIGINT) AS taken FROM returns_by_day";
    let found: Option<Returns> = query_optional(statement(text, Vec::new()))?;
    let Returns { ended, taken } = found.unwrap_or_default();
    Ok((ended.unwrap_or_default(), taken.unwrap_or_default()))
}

/// Both are null when none ended.
#[derive(Default)]
struct Returns {
    ended: Option<i64>,
    taken: Option<i64>,
}
from_row!(Returns { ended, taken });

const BY_STARTED_AT: Order = Order::integer("started_at");
pub(crate) const BY_DUE_ON: Order = Order::text("due_on");
const BY_NUMBER: Order = Order::text("number");
pub(crate) const READER: Field<Uuid> = Field::id("reader_id");
pub(crate) const BOOK: Field<Uuid> = Field::id("book_id");
pub(crate) const RETURNED: Field<bool> = Field::exists("returned").column("returned_at");
pub(crate) const DUE: Field<Between<Day>> = Field::range("due").column("due_on");
pub(crate) const STARTED: Field<Between<Day>> = Field::range("started").column("started_on");

/// All lendings, the latest first.
pub(crate) struct Lendings;

impl Listing for Lendings {
    type Row = Lending;
    const LIST: List = List::of(Lending::TABLE, Lending::COLUMN_LIST, "id", BY_STARTED_AT.descending())
        .orders(&[BY_STARTED_AT, BY_DUE_ON])
        .filters(&[
            Filter::one_of::<String>("number").describe(
                "Only the one with this number, such as `2026/17`; up to 20, with commas between them.",
            ),
            Filter::id("item_id").describe("Only those of this copy."),
            READER.filter().describe("Only those of this reader."),
            BOOK.filter().describe("Only those of this book."),
            RETURNED.filter().describe("Only those whose copies are back, or those whose copies are out."),
            DUE.filter().describe("Only those that are due on these days."),
        ]);
}

/// All lendings by number, for the older library's clients.
pub(crate) struct LendingsByNumber;

impl Listing for LendingsByNumber {
    type Row = Lending;
    const LIST: List =
        List::of(Lending::TABLE, Lending::COLUMN_LIST, "id", BY_NUMBER).orders(&[BY_NUMBER]).filters(&[
            READER.filter().describe("Only those of this reader."),
            BOOK.filter().describe("Only those of this book."),
            RETURNED.filter().describe("Only those whose copies are back, or those whose copies are out."),
            STARTED.filter().describe("Only those that began on these days."),
        ]);
}
