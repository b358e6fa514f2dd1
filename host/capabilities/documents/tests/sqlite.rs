//! The SQLite backend.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;

use async_trait::async_trait;
use lyceum_documents::conformance::Subject;
use lyceum_documents::{Backend, Options, SqliteDocuments};
use tempfile::TempDir;

struct OnSqlite(TempDir);

impl OnSqlite {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

#[async_trait]
impl Subject for OnSqlite {
    async fn connect(&self, options: Options) -> Arc<dyn Backend> {
        SqliteDocuments::open(&self.0.path().join("things.db"), "things", options).unwrap()
    }
}

lyceum_documents::conformance_tests!(on_sqlite, crate::OnSqlite::new());
