//! What the program says of itself, on standard error.

use tracing_subscriber::EnvFilter;

/// Writes logs from now on. `RUST_LOG` says which.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,async_nats=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
