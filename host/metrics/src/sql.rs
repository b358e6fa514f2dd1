//! Figures of databases.

use std::sync::Arc;

use lyceum_sql::Backend;

use crate::Family;
use crate::Kind::Counter;
use crate::family::{Series, families};

const SERIES: [Series<Arc<dyn Backend>>; 4] = [
    ("sql_commits_total", Counter, "Transactions committed", |of| of.statistics().commits.get()),
    ("sql_batches_total", Counter, "Durable commits of the storage; one may hold many transactions", |of| {
        of.statistics().batches.get()
    }),
    ("sql_duplicates_total", Counter, "Transactions that had happened before", |of| {
        of.statistics().duplicates.get()
    }),
    ("sql_retries_total", Counter, "Transactions run again after a conflict", |of| {
        of.statistics().retries.get()
    }),
];

/// What happened on the databases of services.
pub fn of(databases: &[(String, Arc<dyn Backend>)]) -> Vec<Family> {
    families(&SERIES, "service", databases)
}
