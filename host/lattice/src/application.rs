//! A deployed application: its manifest as wadm has it, and how it is changed.

mod parts;
mod running;
mod weights;

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use wadm_client::Client;
use wadm_client::error::ClientError;
use wadm_types::{Manifest, VERSION_ANNOTATION_KEY};

use crate::connection::Lattice;
pub(crate) use parts::{Parts, Release, configuration, image};
pub(crate) use running::{Running, Wanted};
pub(crate) use weights::{Weights, component_of};

/// How often a change is tried again when somebody else changes the manifest at the same time.
const ATTEMPTS: u32 = 10;
/// What stands between an application's version and the number of the changes made to it on a lattice.
const CHANGE: char = '+';

/// Which application.
#[derive(Args, Clone, Debug)]
pub(crate) struct Named {
    /// The application, by the name in its manifest
    #[arg(long, default_value = "lyceum")]
    pub(crate) application: String,
}

/// An application that wadm knows.
pub(crate) struct Application {
    wadm: Client,
    name: String,
}

impl Application {
    /// The application of this name.
    pub(crate) async fn of(lattice: &Lattice, name: &str) -> Result<Self> {
        Ok(Self { wadm: lattice.wadm().await?, name: name.to_owned() })
    }

    /// The manifest that is deployed.
    pub(crate) async fn manifest(&self) -> Result<Manifest> {
        let name = &self.name;
        let versions = match self.wadm.list_versions(name).await {
            Err(ClientError::NotFound(_)) => bail!("wadm knows no application {name:?}"),
            versions => versions.with_context(|| format!("ask wadm for the versions of {name}"))?,
        };
        let deployed = versions.into_iter().find(|version| version.deployed);
        let deployed = deployed.with_context(|| format!("{name} is not deployed"))?;
        let manifest = self.wadm.get_manifest(name, Some(&deployed.version)).await;
        manifest.with_context(|| format!("ask wadm for {name} {}", deployed.version))
    }

    /// Has a changed manifest deployed, as the next version of it. All parts that are the same go on untouched.
    pub(crate) async fn change(&self, change: impl Fn(&mut Manifest) -> Result<()>) -> Result<Manifest> {
        let mut attempt = 1;
        loop {
            let before = self.manifest().await?;
            let mut manifest = before.clone();
            change(&mut manifest)?;
            if manifest == before {
                return Ok(manifest);
            }
            let version = next(before.version());
            manifest.metadata.annotations.insert(VERSION_ANNOTATION_KEY.to_owned(), version.clone());
            match self.wadm.put_manifest(manifest.clone()).await {
                Ok(_) => {}
                // Somebody else was faster: wadm takes each version once, and each only over the one that it read.
                Err(ClientError::ApiError(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                Err(error) => return Err(anyhow!(error).context(format!("put {} {version}", self.name))),
            }
            let deployed = self.wadm.deploy_manifest(&self.name, Some(&version)).await;
            deployed.with_context(|| format!("deploy {} {version}", self.name))?;
            self.forget(before.version()).await?;
            return Ok(manifest);
        }
    }

    /// wadm keeps every version in one message: those that were only changes on this lattice are let go of.
    async fn forget(&self, version: &str) -> Result<()> {
        if version.contains(CHANGE) {
            let forgotten = self.wadm.delete_manifest(&self.name, Some(version)).await;
            forgotten.with_context(|| format!("have wadm forget {} {version}", self.name))?;
        }
        Ok(())
    }
}

/// The version after this one, such as `0.1.0+1` after `0.1.0`.
fn next(version: &str) -> String {
    let (base, changes) = version.split_once(CHANGE).unwrap_or((version, "0"));
    let changes: u64 = changes.parse().unwrap_or_default();
    format!("{base}{CHANGE}{}", changes.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn each_change_makes_the_next_version() {
        assert_eq!(next("0.1.0"), "0.1.0+1");
        assert_eq!(next("0.1.0+9"), "0.1.0+10");
    }
}
