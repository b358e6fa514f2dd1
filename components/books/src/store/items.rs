//! The SQL of items.

use std::collections::BTreeSet;

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use super::books;
use crate::domain::{Book, Item};

row!(versioned Item in "items" {
    id, book_id, barcode, location, call_number, item_type, status, lending_id, lent_at, hold_id, kept_at, circulates,
    version, created_at, updated_at
});

/// Those of these barcodes that there are.
pub(crate) fn with_barcodes(barcodes: &BTreeSet<String>) -> Result<Vec<Item>, SqlError> {
    if barcodes.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=barcodes.len()).map(|at| format!("${at}")).collect();
    let which = format!("WHERE barcode IN ({})", places.join(", "));
    query_all(Item::select(&which, barcodes.iter().map(IntoValue::into_value).collect()))
}

/// The books of which items have these barcodes.
pub(crate) fn their_books(barcodes: &BTreeSet<String>) -> Result<Vec<Book>, SqlError> {
    let ids: BTreeSet<Uuid> = with_barcodes(barcodes)?.iter().map(|item| item.book_id).collect();
    ids.into_iter().filter_map(|id| Book::find(id).transpose()).collect()
}

/// What its book counts of it: among all items, and among those that can be had.
const fn counted(status: ItemStatus) -> (i64, i64) {
    match status {
        ItemStatus::Available => (1, 1),
        ItemStatus::OnLoan | ItemStatus::AwaitingPickup | ItemStatus::InRepair | ItemStatus::Lost => (1, 0),
        ItemStatus::Withdrawn => (0, 0),
    }
}

/// Its book counts what changes with an item that is new (`before` is none), another one now, or gone (`after` is none);
/// `missing` is answered if what is taken away is not there any more.
pub(crate) fn count<E>(
    transaction: Transaction<E>,
    book_id: Uuid,
    (before, after): (Option<ItemStatus>, Option<ItemStatus>),
    missing: fn() -> Problem,
) -> Transaction<E> {
    let (before, after) = (before.map_or((0, 0), counted), after.map_or((0, 0), counted));
    let (items, available) = (after.0 - before.0, after.1 - before.1);
    if (items, available) == (0, 0) {
        return transaction;
    }
    transaction.execute(books::count(book_id, items, available)).on_missing(missing)
}

/// The copy that was kept for this hold last.
pub(crate) fn of_hold(hold_id: Uuid) -> Result<Option<Item>, SqlError> {
    query_optional(Item::select("WHERE hold_id = $1 ORDER BY kept_at DESC LIMIT 1", params![hold_id]))
}

/// Finds a copy that is shown as kept for this hold.
pub(crate) fn kept_for(hold_id: Uuid) -> Statement {
    let text = "SELECT id FROM items WHERE hold_id = $1 AND status = 'awaiting_pickup' LIMIT 1";
    statement(text, params![hold_id])
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(item: &Item) -> Statement {
    statement("DELETE FROM items WHERE id = $1 AND version = $2", params![item.id, item.version])
        .expect_rows(1)
}

/// One of the items of a book.
fn any_of(book_id: Uuid) -> Statement {
    Item::select("WHERE book_id = $1 LIMIT 1", params![book_id])
}

fn has_items() -> Problem {
    Problem::conflict("BOOK_HAS_ITEMS", "It has items: delete them first.")
}

/// Refuses a book that has items.
pub(crate) fn check_none_of(book_id: Uuid) -> Result<(), Problem> {
    if query_optional::<Item>(any_of(book_id))?.is_some() { Err(has_items()) } else { Ok(()) }
}

/// Commits only if a book has no items.
pub(crate) fn none_of(transaction: Transaction, book_id: Uuid) -> Transaction {
    transaction.execute(any_of(book_id)).expect_rows(0).on_missing(has_items)
}

const BY_BARCODE: Order = Order::text("barcode");

/// All items.
pub(crate) struct Items;

impl Listing for Items {
    type Row = Item;
    const LIST: List =
        List::of(Item::TABLE, Item::COLUMN_LIST, "id", BY_BARCODE).orders(&[BY_BARCODE]).filters(&[
            Filter::equal::<String>("barcode").describe("Only the item with this barcode."),
            Filter::equal::<ItemStatus>("status").describe("Only those with this status."),
            Filter::equal::<String>("location").describe("Only those that belong to this place."),
        ]);
}
