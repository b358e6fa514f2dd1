//! Which lattice is meant, and the way to it.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use wasmcloud_control_interface::{Client as Control, ClientBuilder};

/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long answers of all hosts are waited for.
const ALL: Duration = Duration::from_secs(1);

/// Which lattice.
#[derive(Args, Clone, Debug)]
pub(crate) struct Lattice {
    /// The NATS server that joins the hosts, as host:port
    #[arg(long, env = "LYCEUM_LATTICE_NATS", default_value = "127.0.0.1:4222", global = true)]
    pub(crate) nats: String,
    /// The lattice's name; hosts of different names don't know of each other
    #[arg(long, env = "LYCEUM_LATTICE", default_value = "default", global = true)]
    pub(crate) lattice: String,
}

impl Lattice {
    async fn connect(&self) -> Result<async_nats::Client> {
        async_nats::connect(&self.nats).await.with_context(|| format!("connect to NATS at {}", self.nats))
    }

    /// wadm's API.
    pub(crate) async fn wadm(&self) -> Result<wadm_client::Client> {
        Ok(wadm_client::Client::from_nats_client(&self.lattice, None, self.connect().await?))
    }

    /// The hosts' API.
    pub(crate) async fn hosts(&self) -> Result<Control> {
        let client = ClientBuilder::new(self.connect().await?);
        Ok(client.lattice(self.lattice.clone()).timeout(PATIENCE).auction_timeout(ALL).build())
    }
}
