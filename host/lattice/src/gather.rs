//! The figures of a whole lattice.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use async_nats::Client;
use futures::future::join_all;
use lyceum_metrics::{Family, Kind, join};
use wasmcloud_control_interface::{Client as Control, HostInventory};

use crate::connection::Lattice;
use crate::figures::{Figures, place, subject};

/// How long a host may take to ask its providers and to answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks all hosts.
pub(crate) struct Gatherer {
    nats: Client,
    hosts: Control,
    lattice: String,
}

impl Gatherer {
    /// For this lattice.
    pub(crate) async fn of(lattice: &Lattice) -> Result<Self> {
        let hosts = lattice.hosts().await?;
        Ok(Self { nats: hosts.nats_client(), hosts, lattice: lattice.name.clone() })
    }

    /// What every host and provider says of itself, and what runs on each host. Who does not answer is left out, and
    /// counts in `host_up`.
    pub(crate) async fn families(&self) -> Result<Vec<Family>> {
        let hosts = self.hosts.get_hosts().await.map_err(|error| anyhow!("ask the hosts: {error}"))?;
        let asked = hosts.iter().filter_map(|host| host.data()).map(|host| self.of_host(host.id()));
        Ok(join(join_all(asked).await.into_iter().flatten()))
    }

    async fn of_host(&self, id: &str) -> Vec<(std::collections::BTreeMap<String, String>, Vec<Family>)> {
        let up = |up: f64| Family::new("host_up", Kind::Gauge, "1 for a host that answers").with(&[], up);
        let Ok(inventory) = self.hosts.get_host_inventory(id).await else {
            return vec![(place(id, None, None), vec![up(0.0)])];
        };
        let Some(inventory) = inventory.into_data() else { return Vec::new() };
        let zone = inventory.labels().get("zone").map(String::as_str);
        let figures = self.ask(id, &inventory).await;
        let answered = if figures.is_ok() { 1.0 } else { 0.0 };
        let own = vec![up(answered), instances(&inventory)];
        let processes = figures.unwrap_or_default().into_iter();
        let processes = processes.map(|of| (place(id, zone, of.provider.as_deref()), of.families));
        std::iter::once((place(id, zone, None), own)).chain(processes).collect()
    }

    async fn ask(&self, id: &str, inventory: &HostInventory) -> Result<Vec<Figures>> {
        let providers: Vec<&str> =
            inventory.providers().iter().map(wasmcloud_control_interface::ProviderDescription::id).collect();
        let request = self.nats.request(subject(&self.lattice, id), serde_json::to_vec(&providers)?.into());
        let answer = tokio::time::timeout(TIMEOUT, request).await.context("no answer")??;
        Ok(serde_json::from_slice(&answer.payload)?)
    }
}

/// How many requests each component takes at once on this host.
fn instances(inventory: &HostInventory) -> Family {
    let family =
        Family::new("component_max_instances", Kind::Gauge, "Requests that a component takes at once");
    inventory.components().iter().fold(family, |family, component| {
        family.with(&[("component", component.id())], f64::from(component.max_instances()))
    })
}
