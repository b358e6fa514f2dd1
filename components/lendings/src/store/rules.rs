//! The SQL of circulation rules.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::{ANY, ItemSeen, Rule};

row!(versioned Rule in "circulation_rules" {
    id, location, reader_category, item_type, specificity, loan_days, max_lendings, max_renewals, fine_cents_per_day,
    grace_days, fine_cap_cents, pickup_days, blocked_while_overdue, lent_while_awaited, version, created_at, updated_at
});

/// All that may fit: eight at most.
pub(crate) fn fitting(item: &ItemSeen, category: &str) -> Statement {
    let rest = "WHERE location IN ($1, $2) AND reader_category IN ($1, $3) AND item_type IN ($1, $4)";
    let (location, item_type) = (item.location.as_deref(), item.item_type.as_deref());
    Rule::select(rest, params![ANY, location.unwrap_or(ANY), category, item_type.unwrap_or(ANY)])
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(rule: &Rule) -> Statement {
    let text = "DELETE FROM circulation_rules WHERE id = $1 AND version = $2";
    statement(text, params![rule.id, rule.version]).expect_rows(1)
}

/// The most specific ones first.
const BY_SPECIFICITY: Order = Order::integer("specificity").descending();

/// All rules.
pub(crate) struct Rules;

impl Listing for Rules {
    type Row = Rule;
    const LIST: List = List::of(Rule::TABLE, Rule::COLUMN_LIST, "id", BY_SPECIFICITY)
        .filters(&[Filter::one_of::<String>("location")
            .describe("Only those that name this location; `*` for those that name none.")]);
}
