//! How many transactions shared how many commits, each of which is one sync of the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::server::Server;

/// Counts since the start.
#[derive(Default)]
pub(crate) struct Statistics {
    commits: AtomicU64,
    batches: AtomicU64,
}

#[derive(Serialize)]
pub(crate) struct Counts {
    /// Registrations, checkouts and returns made durable.
    commits: u64,
    /// COMMITs of the database, each with one sync of the write-ahead log.
    batches: u64,
}

impl Statistics {
    pub(crate) fn count_batch(&self, commits: u64) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.commits.fetch_add(commits, Ordering::Relaxed);
    }
}

pub(crate) async fn show(State(server): State<Arc<Server>>) -> Json<Counts> {
    let Statistics { commits, batches } = &*server.statistics;
    Json(Counts { commits: commits.load(Ordering::Relaxed), batches: batches.load(Ordering::Relaxed) })
}
