//! `lyceum-lattice wadm`: wasmCloud's deployment manager inside this process.

use anyhow::{Result, bail};
use clap::Args;
use lyceum_console::show;
use wadm::config::WadmConfig;

use crate::connection::Lattice;
use crate::signals::told_to_stop;

/// How wadm is run.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Seconds after which a host without a sign of life is given up: more than three heartbeats
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(2..=3600))]
    cleanup_interval: u64,
}

/// Runs until SIGTERM or Ctrl-C.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let config = WadmConfig {
        nats_server: lattice.server()?.to_string(),
        nats_seed: lattice.key()?.map(|key| key.seed()).transpose()?,
        cleanup_interval: options.cleanup_interval,
        ..WadmConfig::default()
    };
    let mut tasks = Box::pin(wadm::start_wadm(config)).await?;
    show("wadm is ready.")?;
    tokio::select! {
        ended = tasks.join_next() => bail!("a task of wadm ended: {ended:?}"),
        stopped = told_to_stop() => stopped?,
    }
    show("Stopped.")?;
    Ok(())
}
