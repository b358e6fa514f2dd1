//! What the program says of itself, on standard error.

use tracing_subscriber::EnvFilter;

/// What is told unless `RUST_LOG` says otherwise. wRPC calls it an error when trailers are not waited for, which nobody does.
const USUAL: &str = "info,async_nats=warn,wrpc_transport::value=off";

/// Writes logs from now on. `RUST_LOG` says which.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
