//! Which lattice is meant, and the way to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_nats::ConnectOptions;
use clap::Args;
use nkeys::KeyPair;
use wasmcloud_control_interface::{Client as Control, ClientBuilder};
use wasmcloud_host::url::Url;

use crate::key;

/// How long a host may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long answers of all hosts are waited for.
const ALL: Duration = Duration::from_secs(1);

/// Which lattice.
#[derive(Args, Clone, Debug)]
pub(crate) struct Lattice {
    /// The NATS server that joins the hosts, as host:port, or tls://host:port for TLS. Whom to trust is said by the
    /// environment variable SSL_CERT_FILE, else by the system
    #[arg(long, env = "LYCEUM_LATTICE_NATS", default_value = "127.0.0.1:4222", global = true)]
    nats: String,
    /// The file of the key that NATS knows this program by, if it asks for one: see deploy/nats
    #[arg(long, env = "LYCEUM_LATTICE_KEY", global = true, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The lattice's name; hosts of different names don't know of each other
    #[arg(long = "lattice", env = "LYCEUM_LATTICE", default_value = "default", global = true)]
    pub(crate) name: String,
}

impl Lattice {
    /// The server's address, with its scheme.
    pub(crate) fn server(&self) -> Result<Url> {
        // What has a password is told to nobody, not even as a mistake: addresses are in logs and in answers of hosts.
        if self.nats.contains('@') {
            bail!("the address of NATS has no user or password in it: give --key");
        }
        let server = &self.nats;
        let url = if server.contains("://") { server.clone() } else { format!("nats://{server}") };
        let url = Url::parse(&url).with_context(|| format!("the address of NATS, {server}"))?;
        if !["nats", "tls"].contains(&url.scheme()) || url.host().is_none() {
            bail!("the address of NATS, {server}, is neither host:port nor tls://host:port");
        }
        Ok(url)
    }

    /// Whether nothing is said before the connection is private.
    pub(crate) fn needs_tls(&self) -> bool {
        self.nats.starts_with("tls://")
    }

    /// What NATS knows this program by.
    pub(crate) fn key(&self) -> Result<Option<Arc<KeyPair>>> {
        self.key.as_deref().map(key::read).transpose()
    }

    async fn connect(&self) -> Result<async_nats::Client> {
        // Where others can't hear what it is answered.
        self.connect_as(self.key()?, "_INBOX.operator").await
    }

    /// A connection of whoever has this key, who hears answers below this subject.
    pub(crate) async fn connect_as(
        &self,
        key: Option<Arc<KeyPair>>,
        inbox: &str,
    ) -> Result<async_nats::Client> {
        let server = self.server()?;
        let options = match key {
            Some(key) => ConnectOptions::with_nkey(key.seed()?),
            None => ConnectOptions::new(),
        };
        let options = options.name("lyceum-lattice").custom_inbox_prefix(inbox);
        options.connect(server.as_str()).await.with_context(|| format!("connect to NATS at {server}"))
    }

    /// wadm's API.
    pub(crate) async fn wadm(&self) -> Result<wadm_client::Client> {
        Ok(wadm_client::Client::from_nats_client(&self.name, None, self.connect().await?))
    }

    /// The hosts' API.
    pub(crate) async fn hosts(&self) -> Result<Control> {
        let client = ClientBuilder::new(self.connect().await?);
        Ok(client.lattice(self.name.clone()).timeout(TIMEOUT).auction_timeout(ALL).build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(nats: &str) -> Result<Url> {
        Lattice { nats: nats.to_owned(), key: None, name: "default".to_owned() }.server()
    }

    #[test]
    fn an_address_may_leave_out_its_scheme() {
        assert_eq!(server("one:4222").unwrap().as_str(), "nats://one:4222");
        assert_eq!(server("tls://one:4222").unwrap().as_str(), "tls://one:4222");
    }

    #[test]
    fn what_is_no_address_is_told_without_a_password() {
        for nats in ["http://one", "tls://", "nats://me:secret@one:4222", "me:secret@one", "one:two"] {
            let error = server(nats).unwrap_err();
            assert!(!format!("{error:#}").contains("secret"), "{error:#}");
        }
    }
}
