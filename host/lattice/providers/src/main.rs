//! `lyceum-provider`: Lyceum's capabilities on a wasmCloud lattice.
//!
//! A host starts this program as a provider, with its role in the provider's configuration. Each role is a thin shell: it
//! serves a capability crate, the same that `lyceum` links into its own process, over wRPC. A component's link says in its
//! configuration what stands behind the interface.
//!
//! Start reading at [`sql`], or at [`mesh`] for how components reach each other.

#![forbid(unsafe_code)]

mod absence;
mod bindings;
mod buses;
mod configuration;
mod events;
mod keyvalue;
mod logs;
mod mail;
mod mesh;
mod sql;

use anyhow::{Result, bail};

use crate::configuration::Configuration;

#[tokio::main]
async fn main() -> Result<()> {
    logs::start();
    match Configuration::of_provider()?.get("role")? {
        "events" => events::run().await,
        "keyvalue" => keyvalue::run().await,
        "mail" => mail::run().await,
        "mesh" => mesh::run().await,
        "sql" => sql::run().await,
        role => bail!("there is no role {role:?}"),
    }
}
