//! What a program says of itself, on standard error: for people by default, as JSON lines for machines.

use std::error::Error;
use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// What the programs of a lattice tell unless `RUST_LOG` says otherwise. wRPC calls it an error when trailers are not
/// waited for, which nobody does.
const USUAL_ON_A_LATTICE: &str = "info,async_nats=warn,wrpc_transport::value=off";

/// Tells at its lower levels what is bound to statements: people's data, which is in no log at any level.
const SILENT: &str = "tokio_postgres=info";

/// What entries look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One readable line an entry
    #[default]
    Human,
    /// One JSON object an entry, with `timestamp`, `level`, `target` and what is told in `fields`
    Json,
}

/// Logging could not be started, as when it was before.
#[derive(Debug, thiserror::Error)]
#[error("start logging")]
pub struct NotStarted(#[source] Box<dyn Error + Send + Sync>);

/// Writes what the filter lets through from now on, but no person's data. Done once in a program, before anything else is started.
///
/// # Errors
/// If it was done before.
pub fn start(filter: EnvFilter, format: Format) -> Result<(), NotStarted> {
    let filter = match SILENT.parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would be told on standard error, where nobody reads any more; and that panics.
        .log_internal_errors(false);
    match format {
        Format::Human => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
        // An entry's own fields stand apart: the engine's are called `target`, too.
        Format::Json => builder.json().flatten_event(false).with_current_span(false).try_init(),
    }
    .map_err(NotStarted)
}

/// What a program of a lattice tells: what `RUST_LOG` says, by which hosts and providers of wasmCloud go as well, or what
/// is usual.
pub fn filter_on_a_lattice() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL_ON_A_LATTICE))
}
