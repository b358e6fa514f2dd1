//! `lyceum-lattice status`: what wadm makes of the applications, and what runs where.

use anyhow::{Context, Result, anyhow};
use clap::Args;
use lyceum_console::show;
use wadm_types::api::StatusType;
use wasmcloud_control_interface::{Client, HostInventory};

use crate::connection::Lattice;

/// What to show.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Only this application's parts, one line each
    application: Option<String>,
    /// What runs on each host, as JSON
    #[arg(long, conflicts_with = "application")]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    if options.json {
        let hosts = inventories(&lattice.hosts().await?).await?;
        return Ok(show(serde_json::to_string_pretty(&hosts)?)?);
    }
    let wadm = lattice.wadm().await?;
    if let Some(name) = &options.application {
        let status = wadm.get_manifest_status(name).await.with_context(|| format!("ask wadm for {name}"))?;
        show(format!("{name}: {}", word(status.info.status_type)))?;
        for part in status.scalers {
            show(format!(
                "  {:12} {:14} {} {}",
                word(part.info.status_type),
                part.kind,
                part.name,
                part.info.message
            ))?;
        }
        return Ok(());
    }
    for model in wadm.list_manifests().await.context("ask wadm for the applications")? {
        show(format!("{}: {}", model.name, word(model.detailed_status.info.status_type)))?;
    }
    for host in inventories(&lattice.hosts().await?).await? {
        let labels = host.labels().iter().filter(|(key, _)| !key.starts_with("hostcore."));
        let labels: Vec<_> = labels.map(|(key, value)| format!("{key}={value}")).collect();
        show(format!("host {} {} {}", host.host_id(), host.friendly_name(), labels.join(" ")))?;
        for component in host.components() {
            show(format!(
                "  {:>4} x {} from {}",
                component.max_instances(),
                component.id(),
                component.image_ref()
            ))?;
        }
        for provider in host.providers() {
            show(format!("  provider {} from {}", provider.id(), provider.image_ref().unwrap_or("nowhere")))?;
        }
    }
    Ok(())
}

/// wadm's own word for it.
fn word(status: StatusType) -> String {
    format!("{status:?}").to_lowercase()
}

/// What runs on each host.
async fn inventories(hosts: &Client) -> Result<Vec<HostInventory>> {
    let failed = |error| anyhow!("ask the hosts: {error}");
    let mut all = Vec::new();
    for host in hosts.get_hosts().await.map_err(failed)? {
        let Some(host) = host.data() else { continue };
        let inventory = hosts.get_host_inventory(host.id()).await.map_err(failed)?;
        all.extend(inventory.into_data());
    }
    all.sort_by(|one, other| one.friendly_name().cmp(other.friendly_name()));
    Ok(all)
}
