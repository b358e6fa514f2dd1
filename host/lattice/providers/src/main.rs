//! `lyceum-provider`: Lyceum's capabilities on a wasmCloud lattice.
//!
//! A host starts this program as a provider, with its role in the provider's configuration. Each role is a thin shell: it
//! serves a capability crate, the same that `lyceum` links into its own process, over wRPC. A component's link says in its
//! configuration what stands behind the interface.
//!
//! Start reading at [`sql`], or at [`mesh`] for how components reach each other.

#![forbid(unsafe_code)]
// They panic where nobody reads: see lyceum-console.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod absence;
mod bindings;
mod blobs;
mod buses;
mod configuration;
mod documents;
mod events;
mod http;
mod keyvalue;
mod links;
mod mail;
mod mesh;
mod metrics;
mod names;
mod process;
mod sql;
mod versions;
mod weights;

use anyhow::{Result, bail};
use lyceum_console::logs;

use crate::configuration::Configuration;

#[tokio::main]
async fn main() -> Result<()> {
    let host = std::os::unix::process::parent_id();
    logs::start(logs::filter_on_a_lattice(), configuration::log_format()?)?;
    let role = Configuration::of_provider()?.get("role")?;
    process::take_name(role);
    tokio::select! {
        ended = serve(role) => ended,
        () = process::host_is_gone(host) => bail!("the host is gone"),
    }
}

async fn serve(role: &str) -> Result<()> {
    match role {
        "blobs" => blobs::run().await,
        "documents" => Box::pin(documents::run()).await,
        "events" => events::run().await,
        "http" => http::run().await,
        "keyvalue" => keyvalue::run().await,
        "mail" => mail::run().await,
        "mesh" => mesh::run().await,
        "sql" => Box::pin(sql::run()).await,
        role => bail!("there is no role {role:?}"),
    }
}
