//! When to stop.

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

/// Comes back at the first SIGTERM or Ctrl-C.
///
/// # Errors
/// If they can't be listened for.
pub(crate) async fn told_to_stop() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("listen for Ctrl-C"),
    }
}
