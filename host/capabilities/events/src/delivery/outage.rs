//! What is told of something that handlers lack.

use std::time::Duration;

use tokio::time::Instant;

/// Between warnings: an outage brings many failed attempts.
const INTERVAL: Duration = Duration::from_secs(10);

/// When it was told last.
#[derive(Default)]
pub(super) struct Outage(Option<Instant>);

impl Outage {
    /// Warns, unless that was done just now.
    pub(super) fn warn(&mut self, consumer: &str, kind: &str, error: &str, waiting: usize) {
        let now = Instant::now();
        if self.0.is_none_or(|before| now - before >= INTERVAL) {
            self.0 = Some(now);
            tracing::warn!(consumer, kind, error, waiting, "events wait for something that is not available");
        }
    }
}
