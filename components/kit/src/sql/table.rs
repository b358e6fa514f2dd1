//! Rows that are read and written as a whole.

use super::{FromRow, Statement, Value, statement};

/// A struct that is a row of a table: its fields are the columns. Made by [`crate::row!`].
pub trait Table: FromRow {
    /// The table's name.
    const TABLE: &'static str;
    /// All columns; the first one is the primary key.
    const COLUMNS: &'static [&'static str];
    /// The same, as a statement names them.
    const COLUMN_LIST: &'static str;

    /// The columns' values, in their order.
    fn values(&self) -> Vec<Value>;

    /// `SELECT` of all columns, and what follows the table's name: `Book::select("WHERE id = $1", params![id])`.
    fn select(rest: &str, params: Vec<Value>) -> Statement {
        statement(format!("SELECT {} FROM {} {rest}", Self::COLUMN_LIST, Self::TABLE), params)
    }

    /// A new row.
    fn insert(&self) -> Statement {
        let values: Vec<String> = (1..=Self::COLUMNS.len()).map(|at| format!("${at}")).collect();
        let (columns, values) = (Self::COLUMN_LIST, values.join(", "));
        statement(format!("INSERT INTO {} ({columns}) VALUES ({values})", Self::TABLE), self.values())
            .expect_rows(1)
    }
}

/// A row whose column `version` counts its changes. Made by [`crate::row!`].
pub trait Versioned: Table {
    /// The primary key, as a path has it.
    fn key(&self) -> String;

    /// How often it was written.
    fn version(&self) -> i64;

    /// Writes the whole row, which has its next version already; misses it if it was changed since it was read.
    fn update(&self) -> Statement {
        let mut columns = Self::COLUMNS.iter().zip(1..);
        let key = columns.next().map_or("", |(key, _)| key);
        let sets: Vec<String> = columns.map(|(column, at)| format!("{column} = ${at}")).collect();
        let version = Self::COLUMNS.iter().position(|column| *column == "version").map_or(0, |at| at + 1);
        let text = format!(
            "UPDATE {} SET {} WHERE {key} = $1 AND version = ${version} - 1",
            Self::TABLE,
            sets.join(", ")
        );
        statement(text, self.values()).expect_rows(1)
    }
}

/// Makes a struct the row of a table, the primary key first: `row!(Book in "books" { id, title, version });`. With a
/// field `version`, say `versioned`: `row!(versioned Book in "books" { id, title, version });`.
#[macro_export]
macro_rules! row {
    (versioned $type:ident in $table:literal { $key:ident $(, $field:ident)* $(,)? }) => {
        $crate::row!($type in $table { $key $(, $field)* });
        impl $crate::sql::Versioned for $type {
            fn key(&self) -> ::std::string::String {
                ::std::string::ToString::to_string(&self.$key)
            }

            fn version(&self) -> i64 {
                self.version
            }
        }
    };
    ($type:ident in $table:literal { $first:ident $(, $field:ident)* $(,)? }) => {
        $crate::from_row!($type { $first $(, $field)* });
        impl $crate::sql::Table for $type {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[stringify!($first) $(, stringify!($field))*];
            const COLUMN_LIST: &'static str = concat!(stringify!($first) $(, ", ", stringify!($field))*);

            fn values(&self) -> ::std::vec::Vec<$crate::sql::Value> {
                $crate::params![&self.$first $(, &self.$field)*]
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Book {
        id: String,
        title: String,
        version: i64,
    }
    row!(versioned Book in "books" { id, title, version });

    #[test]
    fn a_row_is_read_and_written_by_its_columns() {
        let book = Book { id: "b1".into(), title: "Emma".into(), version: 2 };
        let text =
            |statement: Statement| (statement.0.text, statement.0.params.len(), statement.0.expect_rows);
        assert_eq!((book.key().as_str(), book.version()), ("b1", 2));
        assert_eq!(
            text(book.insert()),
            ("INSERT INTO books (id, title, version) VALUES ($1, $2, $3)".into(), 3, Some(1))
        );
        assert_eq!(
            text(book.update()),
            (
                "UPDATE books SET title = $2, version = $3 WHERE id = $1 AND version = $3 - 1".into(),
                3,
                Some(1)
            )
        );
        assert_eq!(
            text(Book::select("WHERE id = $1", crate::params!["b1"])),
            ("SELECT id, title, version FROM books WHERE id = $1".into(), 1, None)
        );
    }
}
