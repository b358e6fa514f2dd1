//! Figures of documents.

use std::sync::Arc;

use lyceum_documents::Backend;

use crate::Family;
use crate::Kind::Counter;
use crate::family::{Series, families};

const SERIES: [Series<Arc<dyn Backend>>; 3] = [
    ("documents_writes_total", Counter, "Documents written", |of| of.statistics().writes.get()),
    ("documents_duplicates_total", Counter, "Writes that had happened before", |of| {
        of.statistics().duplicates.get()
    }),
    ("documents_retries_total", Counter, "Writes tried again after a conflict", |of| {
        of.statistics().retries.get()
    }),
];

/// What happened to the documents of services.
pub fn of(documents: &[(String, Arc<dyn Backend>)]) -> Vec<Family> {
    families(&SERIES, "service", documents)
}
