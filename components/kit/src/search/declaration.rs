//! The declaration of a search.

use std::fmt;

use crate::{list::Order, text};

/// A table with a row for each term of each thing: roles of a person, words of a title.
///
/// Its primary key is (key, term). It has a column for each order of the lists that it serves, named as in the
/// list's table, and an index on (term, order, key) for each. Other orders work, too, but read more.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub(crate) table: &'static str,
    pub(crate) term: &'static str,
    pub(crate) key: &'static str,
    pub(crate) orders: &'static [Order],
    pub(crate) carried: &'static [Order],
}

impl Terms {
    /// A table whose column `key` holds the key of the list's rows, and `term` the terms.
    pub const fn of(
        table: &'static str,
        key: &'static str,
        term: &'static str,
        orders: &'static [Order],
    ) -> Self {
        Self { table, term, key, orders, carried: &[] }
    }

    /// Keeps these columns of the list's table, too, each declared like an order, and at the end of each index: what a term
    /// finds is then filtered by them while the index is read. Without that, each row that a common term finds has to be
    /// looked up before it can be left out. They may be null.
    #[must_use]
    pub const fn carrying(self, carried: &'static [Order]) -> Self {
        Self { carried, ..self }
    }

    pub(crate) fn carries(&self, column: &str) -> bool {
        self.orders.iter().chain(self.carried).any(|own| own.column == column)
    }

    pub(crate) fn is_ordered_by(&self, order: &Order) -> bool {
        order.is_plain() && self.orders.iter().any(|own| own.column == order.column)
    }

    /// The statements of a migration that make the table; a test of the service holds its migration against it.
    pub fn migration(&self) -> String {
        let Self { table, term, key, orders, carried } = self;
        let mut lines = vec![format!("    {key} TEXT NOT NULL"), format!("    {term} TEXT NOT NULL")];
        lines
            .extend(orders.iter().map(|order| format!("    {} {} NOT NULL", order.column, order.sql_type())));
        lines.extend(carried.iter().map(|own| format!("    {} {}", own.column, own.sql_type())));
        lines.push(format!("    PRIMARY KEY ({key}, {term})"));
        let carried: String = carried.iter().flat_map(|own| [", ", own.column]).collect();
        let index = |order: &Order| {
            let column = order.column;
            format!("CREATE INDEX {table}_by_{column} ON {table} ({term}, {column}, {key}{carried});\n")
        };
        let table = format!("CREATE TABLE {table} (\n{}\n);\n", lines.join(",\n"));
        std::iter::once(table).chain(orders.iter().map(index)).collect()
    }
}

/// A [`Terms`] table that the kit fills from texts.
#[derive(Clone, Copy)]
pub struct Index {
    pub(crate) terms: Terms,
    pub(super) kind: Kind,
    pub(super) fold: fn(&str) -> String,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Words,
    Beginning,
    Contains(&'static str),
}

impl fmt::Debug for Index {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Index")
            .field("terms", &self.terms)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Index {
    const fn new(table: &'static str, key: &'static str, orders: &'static [Order], kind: Kind) -> Self {
        Self { terms: Terms::of(table, key, "term", orders), kind, fold: text::fold }
    }

    /// Finds what has words that begin with each of the words asked for.
    pub const fn words(table: &'static str, key: &'static str, orders: &'static [Order]) -> Self {
        Self::new(table, key, orders, Kind::Words)
    }

    /// Finds what has a text that begins with the one asked for.
    pub const fn beginning(table: &'static str, key: &'static str, orders: &'static [Order]) -> Self {
        Self::new(table, key, orders, Kind::Beginning)
    }

    /// Finds what holds the text asked for anywhere. `column` of the list's table is what is searched, folded.
    pub const fn contains(
        table: &'static str,
        key: &'static str,
        orders: &'static [Order],
        column: &'static str,
    ) -> Self {
        Self::new(table, key, orders, Kind::Contains(column))
    }

    /// See [`Terms::carrying`].
    #[must_use]
    pub const fn carrying(self, carried: &'static [Order]) -> Self {
        Self { terms: self.terms.carrying(carried), ..self }
    }

    /// Folds by another rule than [`text::fold`], which is for both what is kept and what is asked for.
    #[must_use]
    pub const fn folded_by(self, fold: fn(&str) -> String) -> Self {
        Self { fold, ..self }
    }

    /// The statements of a migration that make its table; a test of the service holds its migration against it.
    pub fn migration(&self) -> String {
        self.terms.migration()
    }
}

/// A parameter that searches.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    pub(crate) name: &'static str,
    pub(crate) description: Option<&'static str>,
    pub(crate) index: Index,
}

impl Search {
    /// `?q=emma`, looked up in an index.
    pub const fn by(name: &'static str, index: Index) -> Self {
        Self { name, description: None, index }
    }

    /// What OpenAPI says of it.
    #[must_use]
    pub const fn describe(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    /// Whether both are the same parameter of the same table.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.name, self.index.terms.table) == (other.name, other.index.terms.table)
    }
}
