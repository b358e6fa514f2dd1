//! `lyceum-lattice host`: a wasmCloud host inside this process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::logs::Format;
use lyceum_console::show;
use nkeys::KeyPair;
use wasmcloud_host::wasmbus::Features;
use wasmcloud_host::{WasmbusHost, WasmbusHostConfig};

use crate::connection::Lattice;
use crate::signals::told_to_stop;
use crate::{figures, key};

/// How long a host that is told to stop has to say so to the lattice, for which NATS must be there.
const LAST_WORDS: Duration = Duration::from_secs(10);

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
    #[arg(long, default_value_t = 65, value_parser = clap::value_parser!(u64).range(1..=3600))]
    max_execution_time: u64,
    /// The file of the key that NATS knows the host's calls by, those of its components; --key is for what it is told
    #[arg(long, env = "LYCEUM_LATTICE_CALLS_KEY", value_name = "FILE")]
    calls_key: Option<PathBuf>,
    /// The folder of the providers' keys, each in a file <provider's id>.nk, such as lyceum-sql.nk; without it, providers are
    /// given the key of the host's calls
    #[arg(long, env = "LYCEUM_LATTICE_PROVIDER_KEYS", value_name = "FOLDER", requires = "calls_key")]
    provider_keys: Option<PathBuf>,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is not key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Runs until SIGTERM, Ctrl-C, or a word from the lattice.
pub(crate) async fn run(lattice: &Lattice, log_format: Format, options: Options) -> Result<()> {
    let nats = lattice.server()?;
    let (control_key, calls_key) = (lattice.key()?, options.calls_key.as_deref().map(key::read).transpose()?);
    if control_key.is_some() != calls_key.is_some() {
        bail!("a host has two keys, --key and --calls-key, or none");
    }
    let provider_keys = options.provider_keys.as_deref().map(key::read_all).transpose()?;
    let key = Arc::new(KeyPair::new_server());
    let config = WasmbusHostConfig {
        ctl_nats_url: nats.clone(),
        ctl_key: control_key,
        ctl_tls: lattice.needs_tls(),
        rpc_nats_url: nats,
        rpc_key: calls_key,
        rpc_tls: lattice.needs_tls(),
        provider_rpc_keys: provider_keys.unwrap_or_default(),
        lattice: lattice.name.as_str().into(),
        host_key: Some(Arc::clone(&key)),
        labels: options.labels.into_iter().collect::<HashMap<_, _>>(),
        // Components and providers are files of this machine, or images of a registry.
        allow_file_load: true,
        // A provider has this long for what it has begun.
        provider_shutdown_delay: Some(Duration::from_secs(10)),
        heartbeat_interval: Some(Duration::from_secs(options.heartbeat)),
        max_execution_time: Duration::from_secs(options.max_execution_time),
        // For its providers, which it starts without its environment.
        enable_structured_logging: log_format == Format::Json,
        // Nothing that is built in: providers of ours stand behind everything.
        experimental_features: Features::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..WasmbusHostConfig::default()
    };
    let figures_key = config.rpc_key.clone();
    let (host, ended) = Box::pin(WasmbusHost::new(config)).await.context("start the host")?;
    figures::answer(lattice, key.public_key(), figures_key).await?;
    show(format!("Host {} is part of the lattice {:?}.", key.public_key(), lattice.name))?;
    let deadline = tokio::select! {
        told = told_to_stop() => { told?; None }
        stopped = host.stopped() => stopped?,
    };
    drop(host);
    if let Some(deadline) = deadline {
        tokio::time::timeout_at(deadline, ended).await.context("the host did not end in time")??;
    } else if let Ok(ended) = tokio::time::timeout(LAST_WORDS, ended).await {
        ended?;
    } else {
        tracing::warn!("NATS does not answer: the lattice is not told that this host stops");
    }
    forget_unpacked(&key.public_key()).await;
    show("Stopped.")?;
    Ok(())
}

/// Removes what the host has unpacked of its providers: the next one has another key, and unpacks them again.
async fn forget_unpacked(host: &str) {
    let folder = std::env::temp_dir().join("wasmcloudcache").join(host);
    if let Err(error) = tokio::fs::remove_dir_all(&folder).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, folder = %folder.display(), "unpacked providers could not be removed");
    }
}
