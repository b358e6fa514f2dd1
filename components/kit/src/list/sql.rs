//! The text of a list's statements.

use super::{
    List, Order, Scope,
    condition::{Condition, Source},
};
use crate::search::Terms;
use crate::sql::{Statement, Value, statement};

/// A statement that is being written.
#[derive(Debug, Default)]
pub(super) struct Sql {
    text: String,
    params: Vec<Value>,
}

impl Sql {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A value, as a parameter.
    pub(super) fn bind(&mut self, value: Value) {
        self.params.push(value);
        self.text.push('$');
        self.text.push_str(&self.params.len().to_string());
    }

    fn finish(self) -> Statement {
        statement(self.text, self.params)
    }
}

/// Where a row stands: by what it is ordered, unless that is the key itself, and its key.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) by: Option<Value>,
    pub(super) key: Value,
}

/// Which rows of a list are wanted, in which order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) list: &'a List,
    pub(super) order: Order,
    pub(super) scope: &'a Scope,
    pub(super) conditions: &'a [Condition],
    pub(super) after: Option<&'a Position>,
}

/// Where a page's rows are looked up first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Driver {
    /// In the list's table, in order.
    Rows,
    /// In the table of terms of this condition, in order.
    Ordered(usize),
    /// By this condition, which few rows fulfil; they are put in order afterwards.
    Narrow(usize),
}

/// More rows than this are not sorted.
pub(super) const NARROW: u32 = 1_000;

/// The end of a condition that is looked up for each row. The offset keeps PostgreSQL from joining all that fulfil it
/// instead, of which it may think that there are few.
const ONE_BY_ONE: &str = " LIMIT 1 OFFSET 0)";

impl Wanted<'_> {
    /// The page: `limit` rows after the first `offset`.
    pub(super) fn page(
        &self,
        driver: Driver,
        until: Option<&Position>,
        offset: u32,
        limit: u32,
    ) -> Statement {
        let List { table, columns, key, .. } = *self.list;
        // Not parameters: PostgreSQL plans for a tenth of the table when it doesn't know how many rows it is to find.
        let part = match offset {
            0 => format!(" LIMIT {limit}"),
            _ => format!(" LIMIT {limit} OFFSET {offset}"),
        };
        let mut sql = Sql::default();
        // Rows that are only counted are not read.
        if self.is_by_keys(driver) || (offset > 0 && driver == Driver::Rows) {
            sql.push(&format!("SELECT {columns}, d.list_by AS list_by, d.list_key AS list_key FROM ("));
            let (by, own) = self.keys(&mut sql, driver, until);
            self.order_by(&mut sql, &by, &own);
            sql.push(&part);
            // A cross join, since SQLite then keeps to this order of tables.
            sql.push(&format!(") AS d CROSS JOIN {table} WHERE {table}.{key} = d.list_key AND "));
            // A key may be one within the scope alone, such as a person's in a group.
            self.scope(&mut sql);
            self.order_by(&mut sql, "d.list_by", "d.list_key");
        } else {
            let (by, own) = (self.order.expression(), format!("{table}.{key}"));
            sql.push(&format!("SELECT {columns}, {by} AS list_by, {own} AS list_key FROM "));
            self.rows(&mut sql, driver);
            self.between(&mut sql, &by, &own, until);
            self.order_by(&mut sql, &by, &own);
            sql.push(&part);
        }
        sql.finish()
    }

    /// How many rows there are, counted up to `cap`.
    pub(super) fn total(&self, driver: Driver, until: Option<&Position>, cap: u32) -> Statement {
        let List { table, key, .. } = *self.list;
        let mut sql = Sql::default();
        sql.push("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (");
        if self.is_by_keys(driver) {
            self.keys(&mut sql, driver, until);
        } else {
            sql.push("SELECT 1 AS one FROM ");
            self.rows(&mut sql, driver);
            self.between(&mut sql, &self.order.expression(), &format!("{table}.{key}"), until);
        }
        sql.push(&format!(" LIMIT {cap}) AS counted"));
        sql.finish()
    }

    /// Whether the keys of a page are found first, in order, and then the rows that they are of: so no row is read that is
    /// left out, as far as an index holds what is compared.
    pub(super) fn is_by_keys(&self, driver: Driver) -> bool {
        let in_order = |condition: &Condition| condition.ordered && matches!(condition.source, Source::Rows);
        match driver {
            Driver::Ordered(_) => true,
            Driver::Narrow(_) => false,
            Driver::Rows => !self.conditions.iter().all(in_order),
        }
    }

    /// The list's rows that fulfil everything; with the few of a condition, looked up by them.
    fn rows(&self, sql: &mut Sql, driver: Driver) {
        let List { table, key, .. } = *self.list;
        if let Driver::Narrow(at) = driver {
            sql.push("(");
            self.narrow(sql, at);
            sql.push(&format!(") AS d CROSS JOIN {table} WHERE {table}.{key} = d.list_key AND "));
        } else {
            sql.push(&format!("{table} WHERE "));
        }
        self.scope(sql);
        for (at, condition) in self.conditions.iter().enumerate() {
            if driver != Driver::Narrow(at) {
                sql.push(" AND ");
                Self::check(sql, condition, &format!("{table}.{key}"));
            }
        }
    }

    /// The keys of rows that fulfil everything, and where they stand. Returns what that is called.
    fn keys(&self, sql: &mut Sql, driver: Driver, until: Option<&Position>) -> (String, String) {
        let List { table, key, .. } = *self.list;
        if let Some((at, terms)) = self.terms(driver) {
            let names = self.ordered(sql, at, until);
            let mut of_rows = Vec::new();
            for (other, condition) in self.conditions.iter().enumerate() {
                match condition.source {
                    _ if other == at => {}
                    Source::Rows if terms.carries(condition.test.column()) => {
                        sql.push(" AND ");
                        condition.test.write(sql, "t.");
                    }
                    Source::Rows => of_rows.push(condition),
                    Source::Terms(_) => {
                        sql.push(" AND ");
                        Self::check(sql, condition, &names.1);
                    }
                }
            }
            if !(of_rows.is_empty() && self.scope.is_empty()) {
                sql.push(&format!(
                    " AND EXISTS (SELECT 1 FROM {table} WHERE {table}.{key} = {} AND ",
                    names.1
                ));
                self.scope(sql);
                for condition in of_rows {
                    sql.push(" AND ");
                    condition.test.write(sql, "");
                }
                sql.push(ONE_BY_ONE);
            }
            return names;
        }
        let (by, own) = (self.order.expression(), format!("{table}.{key}"));
        sql.push(&format!("SELECT {by} AS list_by, {own} AS list_key FROM {table} WHERE "));
        self.scope(sql);
        for condition in self.conditions {
            sql.push(" AND ");
            match condition.source {
                Source::Rows if !condition.ordered => condition.test.write_unindexed(sql),
                _ => Self::check(sql, condition, &own),
            }
        }
        self.between(sql, &by, &own, until);
        (by, own)
    }

    fn terms(&self, driver: Driver) -> Option<(usize, Terms)> {
        let Driver::Ordered(at) = driver else { return None };
        match self.conditions.get(at)?.source {
            Source::Terms(terms) => Some((at, terms)),
            Source::Rows => None,
        }
    }

    /// Keys and where they stand, by a table of terms, in order.
    fn ordered(&self, sql: &mut Sql, at: usize, until: Option<&Position>) -> (String, String) {
        let Some(Condition { source: Source::Terms(terms), test, .. }) = self.conditions.get(at) else {
            return (String::new(), String::new());
        };
        let (by, key) = (format!("t.{}", self.order.column), format!("t.{}", terms.key));
        sql.push(&format!("SELECT {by} AS list_by, {key} AS list_key FROM {} AS t WHERE ", terms.table));
        test.write(sql, "t.");
        self.between(sql, &by, &key, until);
        (by, key)
    }

    /// The keys of the few rows that fulfil a condition.
    fn narrow(&self, sql: &mut Sql, at: usize) {
        let Some(condition) = self.conditions.get(at) else { return };
        match condition.source {
            Source::Terms(Terms { table, key, .. }) => {
                sql.push(&format!("SELECT DISTINCT {key} AS list_key FROM {table} WHERE "));
            }
            Source::Rows => {
                let List { table, key, .. } = *self.list;
                sql.push(&format!("SELECT {key} AS list_key FROM {table} WHERE "));
                self.scope(sql);
                sql.push(" AND ");
            }
        }
        condition.test.write(sql, "");
        sql.push(&format!(" LIMIT {}", NARROW + 1));
    }

    /// How many rows fulfil a condition, counted no further than to one more than [`NARROW`].
    pub(super) fn probe(&self, condition: &Condition) -> Statement {
        let mut sql = Sql::default();
        sql.push("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM ");
        match condition.source {
            Source::Terms(terms) => {
                sql.push(&format!("{} WHERE ", terms.table));
            }
            Source::Rows => {
                sql.push(&format!("{} WHERE ", self.list.table));
                self.scope(&mut sql);
                sql.push(" AND ");
            }
        }
        condition.test.write(&mut sql, "");
        sql.push(&format!(" LIMIT {}) AS counted", NARROW + 1));
        sql.finish()
    }

    /// Where the row stands that comes this many after the beginning of the page, by the driver alone.
    pub(super) fn bound(&self, driver: Driver, rows: u32) -> Statement {
        let mut sql = Sql::default();
        let List { table, key, .. } = *self.list;
        let (by, key) = if let Driver::Ordered(at) = driver {
            self.ordered(&mut sql, at, None)
        } else {
            let by = self.order.expression();
            sql.push(&format!("SELECT {by} AS list_by, {key} AS list_key FROM {table} WHERE "));
            self.scope(&mut sql);
            if let Some(condition) = self.ordered_row_condition() {
                sql.push(" AND ");
                condition.test.write(&mut sql, "");
            }
            self.between(&mut sql, &by, key, None);
            (by, key.to_owned())
        };
        self.order_by(&mut sql, &by, &key);
        sql.push(&format!(" LIMIT 1 OFFSET {rows}"));
        sql.finish()
    }

    fn ordered_row_condition(&self) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.ordered && matches!(condition.source, Source::Rows))
    }

    fn scope(&self, sql: &mut Sql) {
        // So that what follows can always begin with AND.
        if self.scope.is_empty() {
            sql.push("1 = 1");
        }
        let mut and = "";
        for (column, value) in &self.scope.equal {
            sql.push(&format!("{and}{column} = "));
            sql.bind(value.clone());
            and = " AND ";
        }
        for condition in &self.scope.fixed {
            sql.push(&format!("{and}{condition}"));
            and = " AND ";
        }
    }

    /// Whether the row with this key fulfils it.
    fn check(sql: &mut Sql, condition: &Condition, row: &str) {
        match condition.source {
            Source::Rows => condition.test.write(sql, ""),
            Source::Terms(terms) => {
                sql.push(&format!(
                    "EXISTS (SELECT 1 FROM {} AS v WHERE v.{} = {row} AND ",
                    terms.table, terms.key
                ));
                condition.test.write(sql, "v.");
                sql.push(ONE_BY_ONE);
            }
        }
    }

    /// After the last page, and not further than to `until`: row values, which both databases look up in an index.
    fn between(&self, sql: &mut Sql, by: &str, key: &str, until: Option<&Position>) {
        let (after, to) = if self.order.descending { ("<", ">=") } else { (">", "<=") };
        for (sign, position) in [(after, self.after), (to, until)] {
            match position {
                None => {}
                Some(Position { by: None, key: at }) => {
                    sql.push(&format!(" AND {key} {sign} "));
                    sql.bind(at.clone());
                }
                Some(Position { by: Some(value), key: at }) => {
                    if !self.order.is_plain() {
                        // SQLite looks no row value up that holds an expression.
                        sql.push(&format!(" AND {by} {}= ", sign.trim_end_matches('=')));
                        sql.bind(value.clone());
                    }
                    sql.push(&format!(" AND ({by}, {key}) {sign} ("));
                    sql.bind(value.clone());
                    sql.push(", ");
                    sql.bind(at.clone());
                    sql.push(")");
                }
            }
        }
    }

    fn order_by(&self, sql: &mut Sql, by: &str, key: &str) {
        let direction = self.order.direction();
        if self.order.column == self.list.key {
            sql.push(&format!(" ORDER BY {key}{direction}"));
        } else {
            sql.push(&format!(" ORDER BY {by}{direction}, {key}{direction}"));
        }
    }
}
