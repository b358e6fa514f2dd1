//! Whether the hosts run what the manifest says.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use wadm_types::Manifest;
use wasmcloud_control_interface::{Client, HostInventory};

use super::parts::{self, Parts};
use crate::connection::Lattice;

/// Between looks at the hosts.
const LOOK: Duration = Duration::from_millis(250);

/// What is waited for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    id: String,
    /// `None` for a component that is to run nowhere.
    running: Option<Scale>,
}

#[derive(Clone, Debug)]
struct Scale {
    image: String,
    instances: usize,
    links: usize,
}

impl Wanted {
    /// This component, as the manifest has it.
    pub(crate) fn of(manifest: &Manifest, component: &str) -> Result<Self> {
        let part = manifest.component(component)?;
        let running = Scale {
            image: parts::image(part).to_owned(),
            instances: manifest.instances(component)?,
            links: parts::links(part),
        };
        Ok(Self { id: parts::id(&manifest.metadata.name, component), running: Some(running) })
    }

    /// This component running nowhere.
    pub(crate) fn gone(application: &str, component: &str) -> Self {
        Self { id: parts::id(application, component), running: None }
    }
}

/// The hosts of a lattice.
pub(crate) struct Running(Client);

impl Running {
    /// Those of this lattice.
    pub(crate) async fn on(lattice: &Lattice) -> Result<Self> {
        Ok(Self(lattice.hosts().await?))
    }

    /// Waits until the hosts run what is wanted; `patience` of zero waits for nothing.
    pub(crate) async fn wait(&self, wanted: &Wanted, patience: Duration) -> Result<()> {
        let began = Instant::now();
        while let Some(missing) = self.missing(wanted).await? {
            if patience.is_zero() {
                return Ok(());
            }
            if began.elapsed() > patience {
                bail!("{missing} after {patience:?}; see `lyceum-lattice status`");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    async fn missing(&self, wanted: &Wanted) -> Result<Option<String>> {
        let id = &wanted.id;
        let hosts = self.inventories().await?;
        let components = hosts.iter().flat_map(HostInventory::components);
        let running: Vec<_> = components.filter(|component| component.id() == id).collect();
        let Some(scale) = &wanted.running else {
            return Ok((!running.is_empty()).then(|| format!("{id} still runs on {} hosts", running.len())));
        };
        let of_image = running.iter().filter(|component| component.image_ref() == scale.image);
        let instances: usize =
            of_image.map(|component| usize::try_from(component.max_instances()).unwrap_or_default()).sum();
        if instances != scale.instances {
            return Ok(Some(format!(
                "{id} takes {instances} requests at once instead of {}",
                scale.instances
            )));
        }
        if running.iter().any(|component| component.image_ref() != scale.image) {
            return Ok(Some(format!("{id} still runs from another image")));
        }
        let links = self.0.get_links().await.map_err(|error| anyhow!("ask for the links: {error}"))?;
        let links =
            links.data().map_or(0, |links| links.iter().filter(|link| link.source_id() == id).count());
        Ok((links < scale.links).then(|| format!("{id} has {links} links instead of {}", scale.links)))
    }

    /// What runs on each host that answers.
    pub(crate) async fn inventories(&self) -> Result<Vec<HostInventory>> {
        let mut all = Vec::new();
        for host in self.0.get_hosts().await.map_err(|error| anyhow!("ask the hosts: {error}"))? {
            let Some(host) = host.data() else { continue };
            // One that has gone meanwhile runs nothing.
            let Ok(inventory) = self.0.get_host_inventory(host.id()).await else { continue };
            all.extend(inventory.into_data());
        }
        Ok(all)
    }
}
