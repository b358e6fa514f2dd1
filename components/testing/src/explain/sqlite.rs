//! `EXPLAIN QUERY PLAN`

use std::path::Path;

use super::{Plan, is_plain_page, small_sorts};
use crate::database::look_into;

const SORT: &str = "USE TEMP B-TREE FOR ORDER BY";

pub(super) fn explain(path: &Path, statements: &[&str]) -> Vec<Plan> {
    let connection = look_into(path);
    statements
        .iter()
        .map(|text| {
            let mut explained = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
                .unwrap_or_else(|error| panic!("{error} in {text}"));
            // Parameters that are not bound are NULL; the plan doesn't depend on them.
            let rows =
                explained.raw_query().mapped(|row| Ok((row.get::<_, String>("detail")?, row.get("parent")?)));
            let rows: Vec<(String, i64)> =
                rows.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error} in {text}"));
            // What a page's keys are found by stands below a step of its own, and sorts there are of all that is found.
            let outermost = rows.iter().filter(|(step, parent)| step == SORT && *parent == 0).count();
            let steps: Vec<String> = rows.into_iter().map(|(step, _)| step).collect();
            let linear = steps.iter().filter(|step| is_linear(step, text) && !is_of_subquery(step, &steps));
            let (sorts, mut linear): (Vec<String>, Vec<String>) =
                linear.cloned().partition(|step| step == SORT);
            linear.extend(sorts.into_iter().skip(small_sorts(text).min(outermost)));
            Plan { statement: (*text).to_owned(), steps, linear }
        })
        .collect()
}

fn is_linear(step: &str, statement: &str) -> bool {
    if let Some(scanned) = step.strip_prefix("SCAN ") {
        let of_statement = scanned.starts_with("CONSTANT ROW") || scanned.starts_with("(subquery");
        let of_index = scanned.contains(" USING INDEX ") || scanned.contains(" USING COVERING INDEX ");
        return !of_statement && !(of_index && is_plain_page(statement));
    }
    step == SORT
}

/// Whether what is scanned is what a subquery yields: how that comes is said by steps of its own.
fn is_of_subquery(step: &str, steps: &[String]) -> bool {
    let Some(scanned) = step.strip_prefix("SCAN ") else { return false };
    let subqueries = steps.iter().filter_map(|step| step.strip_prefix("CO-ROUTINE "));
    subqueries
        .chain(steps.iter().filter_map(|step| step.strip_prefix("MATERIALIZE ")))
        .any(|name| name == scanned)
}
