//! What the host prints: for people by default, as JSON lines for machines.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How logs look and what they hold.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The form of the log on standard error
    #[arg(long, value_enum, default_value = "human", env = "LYCEUM_LOG_FORMAT")]
    log_format: Format,
    /// What is logged, such as `debug` or `info,access=debug` (one line a request)
    #[arg(long, value_name = "FILTER", default_value = "info", env = "LYCEUM_LOG")]
    log: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One readable line an entry
    Human,
    /// One JSON object an entry
    Json,
}

/// Starts logging to standard error. Done once, before anything else is started.
pub(crate) fn start(options: &Options) -> Result<()> {
    let filter =
        EnvFilter::try_new(&options.log).with_context(|| format!("read the log filter {:?}", options.log))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match options.log_format {
        Format::Human => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
        Format::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    }
    .map_err(|error| anyhow::anyhow!("start logging: {error}"))
}
