//! What a row must fulfil, as SQL.

use super::sql::Sql;
use crate::{search::Terms, sql::Value};

/// One condition of a page.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) source: Source,
    pub(crate) test: Test,
    /// Whether an index that begins with it goes on in the list's order.
    pub(crate) ordered: bool,
}

/// Where it can be looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// In the list's table.
    Rows,
    /// In a table of terms.
    Terms(Terms),
}

/// What is compared.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Equal(&'static str, Value),
    OneOf(&'static str, Vec<Value>),
    /// Both ends are inside.
    Range(&'static str, Option<Value>, Option<Value>),
    /// A beginning: the end is outside.
    Beginning(&'static str, String),
    Exists(&'static str, bool),
    /// A condition, and the column that it is about.
    Fixed(&'static str, &'static str),
    /// The column holds this text somewhere.
    Contains(&'static str, String),
}

impl Condition {
    /// Whether a table of terms finds it in the list's order.
    pub(super) const fn is_ordered_terms(&self) -> bool {
        self.ordered && matches!(self.source, Source::Terms(_))
    }
}

impl Test {
    /// Adds it; `of` is what the column's table is called, with a dot, or nothing.
    pub(super) fn write(&self, sql: &mut Sql, of: &str) {
        self.write_by(sql, |column| format!("{of}{column}"));
    }

    /// The same in a form that no index serves: where rows are read in order and few are left out, SQLite, which has
    /// no statistics, would rather look this up, and sort whatever it finds.
    pub(super) fn write_unindexed(&self, sql: &mut Sql) {
        self.write_by(sql, |column| format!("COALESCE({column}, {column})"));
    }

    fn write_by(&self, sql: &mut Sql, name: impl Fn(&str) -> String) {
        match self {
            Self::Equal(column, value) => {
                sql.push(&format!("{} = ", name(column)));
                sql.bind(value.clone());
            }
            Self::OneOf(column, values) => {
                sql.push(&format!("{} IN (", name(column)));
                for (index, value) in values.iter().enumerate() {
                    sql.push(if index == 0 { "" } else { ", " });
                    sql.bind(value.clone());
                }
                sql.push(")");
            }
            Self::Range(column, from, to) => {
                for (index, (sign, end)) in [(">=", from), ("<=", to)]
                    .into_iter()
                    .filter_map(|(sign, end)| end.as_ref().map(|end| (sign, end)))
                    .enumerate()
                {
                    sql.push(if index == 0 { "" } else { " AND " });
                    sql.push(&format!("{} {sign} ", name(column)));
                    sql.bind(end.clone());
                }
            }
            Self::Beginning(column, beginning) => {
                sql.push(&format!("{} >= ", name(column)));
                sql.bind(Value::Text(beginning.clone()));
                sql.push(&format!(" AND {} < ", name(column)));
                // Nothing that begins with it sorts after this, by bytes.
                sql.bind(Value::Text(format!("{beginning}\u{10FFFF}")));
            }
            Self::Exists(column, true) => sql.push(&format!("{} IS NOT NULL", name(column))),
            Self::Exists(column, false) => sql.push(&format!("{} IS NULL", name(column))),
            Self::Fixed(condition, _) => sql.push(condition),
            Self::Contains(column, text) => {
                sql.push(&format!("REPLACE({}, ", name(column)));
                sql.bind(Value::Text(text.clone()));
                sql.push(&format!(", '') <> {}", name(column)));
            }
        }
    }

    /// The column that is compared.
    pub(super) const fn column(&self) -> &'static str {
        match self {
            Self::Equal(column, _)
            | Self::OneOf(column, _)
            | Self::Range(column, ..)
            | Self::Beginning(column, _)
            | Self::Exists(column, _)
            | Self::Fixed(_, column)
            | Self::Contains(column, _) => column,
        }
    }

    /// Of several that many rows fulfil, the longest text is likely the rarest.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Equal(_, Value::Text(text)) => text.chars().count(),
            _ => 0,
        }
    }
}
