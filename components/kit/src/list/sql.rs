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

impl Wanted<'_> {
    /// The page.
    pub(super) fn page(&self, driver: Driver, until: Option<&Position>, limit: u32) -> Statement {
        let List { table, columns, key, .. } = *self.list;
        let mut sql = Sql::default();
        let (by, key) = if let Driver::Ordered(_) = driver {
            ("d.list_by".to_owned(), "d.list_key".to_owned())
        } else {
            (self.order.expression(), format!("{table}.{key}"))
        };
        sql.push(&format!("SELECT {columns}, {by} AS list_by, {key} AS list_key FROM "));
        match driver {
            Driver::Rows => sql.push(&format!("{table} WHERE ")),
            Driver::Ordered(at) | Driver::Narrow(at) => {
                sql.push("(");
                if let Driver::Ordered(_) = driver {
                    self.ordered(&mut sql, at, until);
                } else {
                    self.narrow(&mut sql, at);
                }
                // A cross join, since SQLite then keeps to this order of tables.
                sql.push(&format!(
                    ") AS d CROSS JOIN {table} WHERE {table}.{} = d.list_key AND ",
                    self.list.key
                ));
            }
        }
        self.scope(&mut sql);
        for (index, condition) in self.conditions.iter().enumerate() {
            if !matches!(driver, Driver::Ordered(at) | Driver::Narrow(at) if at == index) {
                sql.push(" AND ");
                let in_order = driver == Driver::Rows && !condition.ordered;
                match condition.source {
                    Source::Rows if in_order => condition.test.write_unindexed(&mut sql),
                    _ => self.check(&mut sql, condition),
                }
            }
        }
        if !matches!(driver, Driver::Ordered(_)) {
            self.between(&mut sql, &by, &key, until);
        }
        self.order_by(&mut sql, &by, &key);
        // Not a parameter: PostgreSQL plans for a tenth of the table when it doesn't know how many rows it is to find.
        sql.push(&format!(" LIMIT {limit}"));
        sql.finish()
    }

    /// Keys and where they stand, by a table of terms, in order.
    fn ordered(&self, sql: &mut Sql, at: usize, until: Option<&Position>) {
        let Some(Condition { source: Source::Terms(terms), test, .. }) = self.conditions.get(at) else {
            return;
        };
        let (by, key) = (format!("t.{}", self.order.column), format!("t.{}", terms.key));
        sql.push(&format!("SELECT {by} AS list_by, {key} AS list_key FROM {} AS t WHERE ", terms.table));
        test.write(sql, "t.");
        self.between(sql, &by, &key, until);
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
        let terms = match self.driver_condition(driver).map(|condition| condition.source) {
            Some(Source::Terms(terms)) => Some(terms),
            _ => None,
        };
        let (by, key) = if let (Driver::Ordered(at), Some(terms)) = (driver, terms) {
            self.ordered(&mut sql, at, None);
            (format!("t.{}", self.order.column), format!("t.{}", terms.key))
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

    /// How many rows there are, counted up to `cap`.
    pub(super) fn total(&self, cap: u32) -> Statement {
        let List { table, .. } = *self.list;
        let mut sql = Sql::default();
        sql.push(&format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM {table} WHERE "
        ));
        self.scope(&mut sql);
        for condition in self.conditions {
            sql.push(" AND ");
            self.check(&mut sql, condition);
        }
        sql.push(&format!(" LIMIT {cap}) AS counted"));
        sql.finish()
    }

    /// A page by its number: reads and leaves out what comes before it.
    pub(super) fn numbered(&self, offset: u32, limit: u32) -> Statement {
        let List { table, columns, key, .. } = *self.list;
        let by = self.order.expression();
        let mut sql = Sql::default();
        sql.push(&format!("SELECT {columns} FROM {table} WHERE "));
        self.scope(&mut sql);
        for condition in self.conditions {
            sql.push(" AND ");
            self.check(&mut sql, condition);
        }
        self.order_by(&mut sql, &by, key);
        sql.push(&format!(" LIMIT {limit} OFFSET {offset}"));
        sql.finish()
    }

    fn driver_condition(&self, driver: Driver) -> Option<&Condition> {
        match driver {
            Driver::Rows => None,
            Driver::Ordered(at) | Driver::Narrow(at) => self.conditions.get(at),
        }
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

    fn check(&self, sql: &mut Sql, condition: &Condition) {
        match condition.source {
            Source::Rows => condition.test.write(sql, ""),
            Source::Terms(terms) => {
                let List { table, key, .. } = *self.list;
                sql.push(&format!(
                    "EXISTS (SELECT 1 FROM {} AS v WHERE v.{} = {table}.{key} AND ",
                    terms.table, terms.key
                ));
                condition.test.write(sql, "v.");
                sql.push(")");
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
