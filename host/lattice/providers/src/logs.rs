//! What the program says of itself, on standard error.

use tracing_subscriber::EnvFilter;

/// Tells at its lower levels what is bound to statements: people's data, which is in no log at any level.
const SILENT: &str = "tokio_postgres=info";

/// What is told unless `RUST_LOG` says otherwise. wRPC calls it an error when trailers are not waited for, which nobody does.
const USUAL: &str = "info,async_nats=warn,wrpc_transport::value=off";

/// Writes logs from now on. `RUST_LOG` says which.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let filter = match SILENT.parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
