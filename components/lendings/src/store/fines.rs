//! The SQL of fines.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::{Fine, FineState};

row!(versioned Fine in "fines" {
    id, lending_id, reader_id, user_id, amount_cents, state, charged_at, settled_at, version
});

const BY_CHARGED_AT: Order = Order::integer("charged_at");

/// All fines, the latest first.
pub(crate) struct Fines;

impl Listing for Fines {
    type Row = Fine;
    const LIST: List = List::of(Fine::TABLE, Fine::COLUMN_LIST, "id", BY_CHARGED_AT.descending())
        .orders(&[BY_CHARGED_AT])
        .filters(&[
            Filter::id("reader_id").describe("Only those of this reader."),
            Filter::equal::<FineState>("state").describe("Only those that are owed, or ended like that."),
        ]);
}
