//! One host of the lattice.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Result;
use lyceum_private_servers::Program;

/// A host, which can be killed and started again.
#[derive(Debug)]
pub struct Host {
    /// Its own name, which is its label `name` as well.
    pub name: String,
    /// Its label `zone`.
    pub zone: String,
    /// Where its zone takes requests.
    pub address: SocketAddr,
    /// Its process, whose children are the providers.
    pub program: Program,
}

impl Host {
    /// The process ids of the providers that it runs, by role, such as `sql`.
    ///
    /// # Errors
    /// If the host doesn't run.
    pub fn providers(&self) -> Result<BTreeMap<String, u32>> {
        let children = self.program.children()?;
        // A provider names itself; the kernel cuts long names.
        let role = |name: &str| match name.strip_prefix("lyceum-")? {
            "document" => Some("documents".to_owned()),
            role => Some(role.to_owned()),
        };
        Ok(children.into_iter().filter_map(|(id, name)| Some((role(&name)?, id))).collect())
    }
}
