//! How the database would run the service's statements: whether their cost grows with the tables.
//!
//! A statement is *indexed* if no plan reads a table from one end to the other, and none sorts all that it has found. On
//! SQLite that is said by `EXPLAIN QUERY PLAN`. PostgreSQL reads a small table as a whole even where there is an index:
//! it is asked with `enable_seqscan` and `enable_sort` off, so that what is left of either can't be had otherwise.
//!
//! The rows of a page whose keys a subquery with a `LIMIT` has found may be put in order once more: these are few.
//!
//! One page of a list without a condition, in the order of an index, is a scan of that index which ends with the page:
//! that is indexed, too.

mod postgres;
mod sqlite;

use std::{collections::BTreeSet, fmt::Write as _};

use crate::database::Place;

/// The plans of the statements that ran.
#[derive(Clone, Debug)]
pub struct Plans(Vec<Plan>);

/// The plan of one statement.
#[derive(Clone, Debug)]
struct Plan {
    statement: String,
    /// As the database shows it.
    steps: Vec<String>,
    /// Those of the steps that grow with the tables.
    linear: Vec<String>,
}

impl Plans {
    pub(crate) fn of(place: &Place, statements: &BTreeSet<String>) -> Self {
        let reading: Vec<&str> = statements.iter().map(String::as_str).filter(|text| reads(text)).collect();
        Self(match place {
            Place::File(path) => sqlite::explain(path, &reading),
            Place::Server { url, schema } => postgres::explain(url, schema, &reading),
        })
    }

    /// The statements that were explained: those that read, sorted.
    pub fn statements(&self) -> Vec<&str> {
        self.0.iter().map(|plan| plan.statement.as_str()).collect()
    }

    /// Those of them that are not indexed.
    pub fn linear(&self) -> Vec<&str> {
        let linear = self.0.iter().filter(|plan| !plan.linear.is_empty());
        linear.map(|plan| plan.statement.as_str()).collect()
    }

    /// Fails if a statement is not indexed, unless its text contains one of `allow`, which says what is known to be
    /// linear and why that is all right. Fails also if one of `allow` is not needed.
    #[track_caller]
    pub fn assert_indexed(&self, allow: &[&str]) {
        let linear: Vec<&Plan> = self.0.iter().filter(|plan| !plan.linear.is_empty()).collect();
        let allows = |plan: &Plan, part: &str| plan.statement.contains(part);
        let mut faults = String::new();
        for plan in linear.iter().filter(|plan| !allow.iter().any(|part| allows(plan, part))) {
            let Plan { statement, steps, linear } = plan;
            let _written = writeln!(
                faults,
                "{statement}\n  grows with the tables: {}\n  the whole plan:\n    {}",
                linear.join("; "),
                steps.join("\n    ")
            );
        }
        for part in allow.iter().filter(|part| !linear.iter().any(|plan| allows(plan, part))) {
            let _written = writeln!(faults, "{part:?} allows nothing that is linear: leave it out");
        }
        assert!(faults.is_empty(), "{faults}");
    }
}

/// The most rows that are few.
const FEW: u32 = 1_000;

/// How many sorts are of few rows: one, of a page whose keys were found first.
fn small_sorts(statement: &str) -> usize {
    let few = |before: &str| {
        let limit = before.rsplit_once(" LIMIT ").map_or("", |(_, rest)| rest);
        let (limit, offset) = limit.split_once(" OFFSET ").unwrap_or((limit, "0"));
        offset.parse::<u32>().is_ok() && limit.parse().is_ok_and(|limit: u32| limit <= FEW)
    };
    usize::from(statement.split_once(") AS d CROSS JOIN ").is_some_and(|(before, _)| few(before)))
}

fn reads(statement: &str) -> bool {
    let first = statement.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(first.as_str(), "SELECT" | "WITH")
}

/// Whether the statement returns, up to a limit, each row that it reads: then a scan of an index in the order that is
/// asked for ends with the page.
fn is_plain_page(statement: &str) -> bool {
    let words: Vec<String> = statement.split_whitespace().map(str::to_ascii_uppercase).collect();
    let text = words.join(" ");
    let (before, limited) = match text.rsplit_once(" LIMIT ") {
        Some((before, _)) => (before, true),
        None => (text.as_str(), false),
    };
    let plain = |text: &str| {
        ["JOIN ", "GROUP BY ", "DISTINCT ", "UNION ", "WHERE ", "HAVING "]
            .iter()
            .all(|word| !text.contains(word))
    };
    limited && plain(&before.replace(" WHERE 1 = 1", ""))
}
