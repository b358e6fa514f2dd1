//! Named configurations, which hosts keep for components and providers.

use std::collections::HashMap;

use anyhow::{Result, anyhow};
use wasmcloud_control_interface::Client;

use crate::connection::Lattice;

/// The configurations of a lattice.
pub(crate) struct Configurations(Client);

impl Configurations {
    /// Those of this lattice.
    pub(crate) async fn of(lattice: &Lattice) -> Result<Self> {
        Ok(Self(lattice.hosts().await?))
    }

    /// Puts one, in place of what had that name. Who has it is told by its host.
    pub(crate) async fn put(&self, name: &str, values: HashMap<String, String>) -> Result<()> {
        let put = self.0.put_config(name, values).await.map_err(|error| anyhow!("put {name}: {error}"))?;
        if put.succeeded() { Ok(()) } else { Err(anyhow!("put {name}: {}", put.message())) }
    }

    /// The one of this name, if there is one.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<HashMap<String, String>>> {
        let found = self.0.get_config(name).await.map_err(|error| anyhow!("read {name}: {error}"))?;
        if found.succeeded() {
            Ok(found.into_data())
        } else {
            Err(anyhow!("read {name}: {}", found.message()))
        }
    }

    /// Removes the one of this name.
    pub(crate) async fn remove(&self, name: &str) -> Result<()> {
        let removed = self.0.delete_config(name).await.map_err(|error| anyhow!("remove {name}: {error}"))?;
        if removed.succeeded() { Ok(()) } else { Err(anyhow!("remove {name}: {}", removed.message())) }
    }
}
