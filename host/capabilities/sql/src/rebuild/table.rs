//! The statements that compare a table of two databases, and make the one what the other is.

use std::fmt::Write as _;

use super::{Column, RebuildError};
use crate::name::quoted;

/// A table that both databases have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    key: Vec<String>,
    others: Vec<String>,
}

/// How the two databases are called on one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides<'a> {
    pub(crate) live: &'a str,
    pub(crate) made: &'a str,
}

impl Table {
    pub(super) fn new(name: &str, columns: Vec<Column>) -> Result<Self, RebuildError> {
        if columns.is_empty() {
            return Err(RebuildError::NoTable(name.to_owned()));
        }
        let (key, others): (Vec<_>, Vec<_>) = columns.into_iter().partition(|column| column.in_key);
        if key.is_empty() {
            return Err(RebuildError::NoKey(name.to_owned()));
        }
        let names = |columns: Vec<Column>| columns.into_iter().map(|column| quoted(&column.name)).collect();
        Ok(Self { name: name.to_owned(), key: names(key), others: names(others) })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `"schema"."table"`
    pub(crate) fn on(&self, side: &str) -> String {
        format!("{}.{}", quoted(side), quoted(&self.name))
    }

    /// How many rows were made.
    pub(crate) fn count(&self, sides: Sides<'_>) -> String {
        format!("SELECT count(*) FROM {}", self.on(sides.made))
    }

    /// How many of them the live table lacks, or has with other values.
    pub(crate) fn count_to_write(&self, sides: Sides<'_>) -> String {
        format!("SELECT count(*) FROM {} AS made WHERE {}", self.on(sides.made), self.differs(sides))
    }

    /// How many rows of the live table were not made.
    pub(crate) fn count_to_remove(&self, sides: Sides<'_>) -> String {
        format!("SELECT count(*) FROM {} AS live WHERE {}", self.on(sides.live), self.is_not_made(sides))
    }

    pub(crate) fn remove(&self, sides: Sides<'_>) -> String {
        format!("DELETE FROM {} AS live WHERE {}", self.on(sides.live), self.is_not_made(sides))
    }

    pub(crate) fn write(&self, sides: Sides<'_>) -> String {
        let columns: Vec<_> = self.key.iter().chain(&self.others).map(String::as_str).collect();
        let mut text = format!(
            "INSERT INTO {} ({}) SELECT {} FROM {} AS made WHERE {} ON CONFLICT ({}) DO ",
            self.on(sides.live),
            columns.join(", "),
            columns.join(", "),
            self.on(sides.made),
            self.differs(sides),
            self.key.join(", "),
        );
        if self.others.is_empty() {
            text.push_str("NOTHING");
        }
        for (at, column) in self.others.iter().enumerate() {
            let before = if at == 0 { "UPDATE SET " } else { ", " };
            // Writing to a text can't fail.
            let _ = write!(text, "{before}{column} = excluded.{column}");
        }
        text
    }

    /// Of the row `made`.
    fn differs(&self, sides: Sides<'_>) -> String {
        let same =
            self.others.iter().map(|column| format!("live.{column} IS NOT DISTINCT FROM made.{column}"));
        let same: Vec<_> = self.key.iter().map(equal).chain(same).collect();
        format!("NOT EXISTS (SELECT 1 FROM {} AS live WHERE {})", self.on(sides.live), same.join(" AND "))
    }

    /// Of the row `live`.
    fn is_not_made(&self, sides: Sides<'_>) -> String {
        let same: Vec<_> = self.key.iter().map(equal).collect();
        format!("NOT EXISTS (SELECT 1 FROM {} AS made WHERE {})", self.on(sides.made), same.join(" AND "))
    }
}

fn equal(column: &String) -> String {
    format!("live.{column} = made.{column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, in_key: bool) -> Column {
        Column { name: name.to_owned(), in_key }
    }

    #[test]
    fn only_what_differs_is_written() {
        let columns = vec![column("book_id", true), column("title", false)];
        let table = Table::new("books_seen", columns).unwrap();
        let sides = Sides { live: "main", made: "made" };
        assert_eq!(
            table.write(sides),
            "INSERT INTO \"main\".\"books_seen\" (\"book_id\", \"title\") SELECT \"book_id\", \"title\" \
             FROM \"made\".\"books_seen\" AS made WHERE NOT EXISTS (SELECT 1 FROM \"main\".\"books_seen\" AS live \
             WHERE live.\"book_id\" = made.\"book_id\" AND live.\"title\" IS NOT DISTINCT FROM made.\"title\") \
             ON CONFLICT (\"book_id\") DO UPDATE SET \"title\" = excluded.\"title\""
        );
        let table = Table::new("tags", vec![column("tag", true)]).unwrap();
        assert!(table.write(sides).ends_with(" ON CONFLICT (\"tag\") DO NOTHING"));
    }

    #[test]
    fn a_table_without_rows_that_can_be_told_apart_is_refused() {
        assert_eq!(Table::new("t", vec![column("a", false)]), Err(RebuildError::NoKey("t".into())));
        assert_eq!(Table::new("t", Vec::new()), Err(RebuildError::NoTable("t".into())));
    }
}
