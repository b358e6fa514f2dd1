//! A list's declaration.

use super::{Filter, Order};
use crate::{search::Search, sql::FromRow};

/// A list as it is declared, with the type of its rows. Implement it for a unit struct and take a
/// [`ListQuery`](super::ListQuery) of that as an extractor.
pub trait Listing: Send + Sync + 'static {
    /// What a row is read into.
    type Row: FromRow;
    /// The declaration.
    const LIST: List;
}

/// What a list reads, and what a client may ask of it.
#[derive(Clone, Copy, Debug)]
pub struct List {
    pub(super) table: &'static str,
    pub(super) columns: &'static str,
    pub(super) key: &'static str,
    pub(super) order: Order,
    pub(super) orders: &'static [Order],
    pub(super) filters: &'static [Filter],
    pub(super) searches: &'static [Search],
    pub(super) default_limit: u32,
    pub(super) max_limit: u32,
}

impl List {
    /// A list of a table's columns. The key is the table's primary key; the order is what a client gets that
    /// names none.
    pub const fn of(table: &'static str, columns: &'static str, key: &'static str, order: Order) -> Self {
        let (orders, filters, searches): (&[Order], &[Filter], &[Search]) = (&[], &[], &[]);
        Self { table, columns, key, order, orders, filters, searches, default_limit: 50, max_limit: 200 }
    }

    /// What a client may filter by. Of several in one request, the first ones are looked up first.
    #[must_use]
    pub const fn filters(self, filters: &'static [Filter]) -> Self {
        Self { filters, ..self }
    }

    /// The orders that a client may choose by `sort=name` and, the other way round, `sort=-name`. Without any,
    /// there is no such parameter.
    #[must_use]
    pub const fn orders(self, orders: &'static [Order]) -> Self {
        Self { orders, ..self }
    }

    /// What a client may search by.
    #[must_use]
    pub const fn searches(self, searches: &'static [Search]) -> Self {
        Self { searches, ..self }
    }

    /// The most items of a page.
    pub(crate) const fn max_limit(&self) -> u32 {
        self.max_limit
    }

    /// How many items a page holds, if the client doesn't say, and at most; 50 and 200 if not said.
    #[must_use]
    pub const fn limits(self, default: u32, max: u32) -> Self {
        Self { default_limit: default, max_limit: max, ..self }
    }
}
