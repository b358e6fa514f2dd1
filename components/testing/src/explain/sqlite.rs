//! `EXPLAIN QUERY PLAN`

use std::path::Path;

use super::{Plan, is_plain_page};
use crate::database::look_into;

pub(super) fn explain(path: &Path, statements: &[&str]) -> Vec<Plan> {
    let connection = look_into(path);
    statements
        .iter()
        .map(|text| {
            let mut explained = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
                .unwrap_or_else(|error| panic!("{error} in {text}"));
            // Parameters that are not bound are NULL; the plan doesn't depend on them.
            let steps = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
            let steps =
                steps.collect::<Result<Vec<_>, _>>().unwrap_or_else(|error| panic!("{error} in {text}"));
            let linear = steps.iter().filter(|step| is_linear(step, text)).cloned().collect();
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
    step == "USE TEMP B-TREE FOR ORDER BY"
}
