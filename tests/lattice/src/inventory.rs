//! What runs where, as the hosts tell it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::Lattice;
use serde::Deserialize;

/// All hosts of a lattice at one moment.
#[derive(Clone, Debug)]
pub struct Inventory(BTreeMap<String, Running>);

/// What one host runs.
#[derive(Clone, Debug, Deserialize)]
pub struct Running {
    /// The host's key, another one after each start.
    pub host_id: String,
    labels: BTreeMap<String, String>,
    components: Vec<Component>,
    providers: Vec<Provider>,
}

#[derive(Clone, Debug, Deserialize)]
struct Component {
    id: String,
    max_instances: u32,
}

#[derive(Clone, Debug, Deserialize)]
struct Provider {
    id: String,
}

impl Inventory {
    /// By the hosts' names.
    pub fn of(lattice: &Lattice) -> Result<Self> {
        let hosts: Vec<Running> = serde_json::from_value(lattice.inventory()?)?;
        let named = hosts.into_iter().map(|host| {
            let name = host.labels.get("name").cloned().with_context(|| format!("a name of {host:?}"))?;
            Ok((name, host))
        });
        Ok(Self(named.collect::<Result<_>>()?))
    }

    /// One host, if it answers.
    pub fn host(&self, name: &str) -> Option<&Running> {
        self.0.get(name)
    }

    /// The hosts that answer.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

impl Running {
    /// The ids of components, each with how many instances of it may run at once.
    pub fn components(&self) -> BTreeMap<&str, u32> {
        self.components.iter().map(|component| (component.id.as_str(), component.max_instances)).collect()
    }

    /// The ids of providers.
    pub fn providers(&self) -> Vec<&str> {
        let mut ids: Vec<_> = self.providers.iter().map(|provider| provider.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }
}

/// Waits until the lattice's inventory is as wanted, and gives it.
pub async fn until_inventory(
    lattice: &Lattice,
    what: &str,
    patience: Duration,
    is_so: impl Fn(&Inventory) -> bool,
) -> Result<Inventory> {
    until(what, patience, || async {
        // A host that is on its way out may keep the others' answers waiting.
        let inventory = tokio::task::block_in_place(|| Inventory::of(lattice));
        Ok(inventory.ok().filter(&is_so))
    })
    .await
}
