//! The SQL of items.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use super::books;
use crate::domain::Item;

row!(versioned Item in "items" {
    id, book_id, barcode, location, call_number, item_type, status, version, created_at, updated_at
});

/// What its book counts of it: among all items, and among those that can be had.
const fn counted(status: ItemStatus) -> (i64, i64) {
    match status {
        ItemStatus::Available => (1, 1),
        ItemStatus::OnLoan | ItemStatus::InRepair | ItemStatus::Lost => (1, 0),
        ItemStatus::Withdrawn => (0, 0),
    }
}

/// Its book counts what changes with an item that is new (`before` is none), another one now, or gone (`after` is none).
pub(crate) fn count(
    book_id: Uuid,
    before: Option<ItemStatus>,
    after: Option<ItemStatus>,
) -> Option<Statement> {
    let (before, after) = (before.map_or((0, 0), counted), after.map_or((0, 0), counted));
    let (items, available) = (after.0 - before.0, after.1 - before.1);
    ((items, available) != (0, 0)).then(|| books::count(book_id, items, available))
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(item: &Item) -> Statement {
    statement("DELETE FROM items WHERE id = $1 AND version = $2", params![item.id, item.version])
        .expect_rows(1)
}

/// Commits only if a book has no items.
pub(crate) fn none_of(transaction: Transaction, book_id: Uuid) -> Transaction {
    let any = Item::select("WHERE book_id = $1 LIMIT 1", params![book_id]);
    transaction
        .execute(any)
        .expect_rows(0)
        .on_missing(|| Problem::conflict("BOOK_HAS_ITEMS", "It has items: delete them first."))
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
