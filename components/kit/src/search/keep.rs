//! Keeping tables of terms as the rows that they find.

use std::collections::BTreeSet;

use super::{
    Index, Terms,
    declaration::Kind,
    words::{beginnings, pieces, words},
};
use crate::sql::{IntoValue, Statement, Value, statement};

/// A thing has at most this many terms; what is beyond is not found. A text of 2,000 characters has fewer.
const MAX_TERMS: usize = 800;

/// Rows that one statement inserts.
const ROWS: usize = 100;

impl Index {
    /// Makes the terms of a thing those of its texts, writing only what differs. `orders` holds what it is ordered
    /// by, and then what is carried, as the index was declared.
    pub fn set(&self, id: impl IntoValue, orders: &[Value], texts: &[&str]) -> Vec<Statement> {
        let mut terms = BTreeSet::new();
        for text in texts {
            let folded = (self.fold)(text);
            match self.kind {
                Kind::Words => terms.extend(words(&folded).flat_map(beginnings)),
                Kind::Beginning => terms.extend(beginnings(&folded)),
                Kind::Contains(_) => terms.extend(pieces(&folded)),
            }
        }
        self.terms.set(id, orders, terms)
    }

    /// Forgets the terms of a thing.
    pub fn remove(&self, id: impl IntoValue) -> Statement {
        self.terms.remove(id)
    }
}

impl Terms {
    /// Makes the terms of a thing these, writing only what differs. `orders` holds what it is ordered by, and
    /// then what is carried, as the table was declared.
    pub fn set(
        &self,
        id: impl IntoValue,
        orders: &[Value],
        terms: impl IntoIterator<Item = String>,
    ) -> Vec<Statement> {
        let id = id.into_value();
        let terms: Vec<String> = terms.into_iter().take(MAX_TERMS).collect();
        let mut statements = vec![self.clear(&id, &terms)];
        statements.extend(terms.chunks(ROWS).map(|terms| self.insert(&id, orders, terms)));
        statements
    }

    /// Forgets the terms of a thing.
    pub fn remove(&self, id: impl IntoValue) -> Statement {
        self.clear(&id.into_value(), &[])
    }

    fn clear(&self, id: &Value, but: &[String]) -> Statement {
        let Self { table, term, key, .. } = self;
        let mut params = vec![id.clone()];
        let mut text = format!("DELETE FROM {table} WHERE {key} = $1");
        if !but.is_empty() {
            let places: Vec<String> = (2..but.len() + 2).map(|number| format!("${number}")).collect();
            text = format!("{text} AND {term} NOT IN ({})", places.join(", "));
            params.extend(but.iter().map(IntoValue::into_value));
        }
        statement(text, params)
    }

    fn insert(&self, id: &Value, orders: &[Value], terms: &[String]) -> Statement {
        let Self { table, term, key, .. } = self;
        let columns: Vec<&str> = self.orders.iter().chain(self.carried).map(|own| own.column).collect();
        let names: Vec<&str> = [*key, *term].into_iter().chain(columns.iter().copied()).collect();
        let mut params = vec![id.clone()];
        params.extend(orders.iter().cloned());
        let shared: Vec<String> = (2..=params.len()).map(|number| format!("${number}")).collect();
        let mut rows = Vec::new();
        for term in terms {
            params.push(term.into_value());
            let own = ["$1".to_owned(), format!("${}", params.len())];
            let values: Vec<String> = own.into_iter().chain(shared.iter().cloned()).collect();
            rows.push(format!("({})", values.join(", ")));
        }
        let kept = if columns.is_empty() {
            "NOTHING".to_owned()
        } else {
            let new: Vec<String> =
                columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
            // What is carried may be null.
            let sign = |at: usize| if at < self.orders.len() { "<>" } else { "IS DISTINCT FROM" };
            let differs: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, column)| format!("{table}.{column} {} excluded.{column}", sign(at)))
                .collect();
            format!("UPDATE SET {} WHERE {}", new.join(", "), differs.join(" OR "))
        };
        let text = format!(
            "INSERT INTO {table} ({}) VALUES {} ON CONFLICT ({key}, {term}) DO {kept}",
            names.join(", "),
            rows.join(", ")
        );
        statement(text, params)
    }
}
