//! `lyceum-lattice host`: a wasmCloud host inside this process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use nkeys::KeyPair;
use tokio::signal::unix::{SignalKind, signal};
use wasmcloud_host::url::Url;
use wasmcloud_host::wasmbus::Features;
use wasmcloud_host::{WasmbusHost, WasmbusHostConfig};

use crate::connection::Lattice;

/// How a host is run.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What manifests know the host by, as key=value; may be given several times
    #[arg(long = "label", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Seconds between the host's signs of life; wadm misses it after its clean-up interval
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    heartbeat: u64,
    /// Seconds that one call of a component may take, with all that it calls
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    max_execution_time: u64,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is not key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Runs until SIGTERM, Ctrl-C, or a word from the lattice.
pub(crate) async fn run(lattice: &Lattice, options: Options) -> Result<()> {
    let nats = Url::parse(&format!("nats://{}", lattice.nats)).context("the address of NATS")?;
    let key = Arc::new(KeyPair::new_server());
    let config = WasmbusHostConfig {
        ctl_nats_url: nats.clone(),
        rpc_nats_url: nats,
        lattice: lattice.lattice.as_str().into(),
        host_key: Some(Arc::clone(&key)),
        labels: options.labels.into_iter().collect::<HashMap<_, _>>(),
        // Components and providers are files of this machine, or images of a registry.
        allow_file_load: true,
        // A provider has this long for what it has begun.
        provider_shutdown_delay: Some(Duration::from_millis(500)),
        heartbeat_interval: Some(Duration::from_secs(options.heartbeat)),
        max_execution_time: Duration::from_secs(options.max_execution_time),
        // Ours speak for HTTP in; there is no need for another messaging than the events provider's.
        experimental_features: Features::new().enable_builtin_http_server(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..WasmbusHostConfig::default()
    };
    let (host, ended) = WasmbusHost::new(config).await.context("start the host")?;
    println!("Host {} is part of the lattice {:?}.", key.public_key(), lattice.lattice);
    let mut terminated = signal(SignalKind::terminate())?;
    let deadline = tokio::select! {
        _ = terminated.recv() => None,
        interrupted = tokio::signal::ctrl_c() => { interrupted?; None }
        stopped = host.stopped() => stopped?,
    };
    drop(host);
    match deadline {
        Some(deadline) => {
            tokio::time::timeout_at(deadline, ended).await.context("the host did not end in time")??
        }
        None => ended.await?,
    }
    println!("Stopped.");
    Ok(())
}
