//! `lyceum-lattice deploy`: hands a manifest to wadm.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;
use wadm_client::Client;
use wadm_client::error::ClientError;
use wadm_client::loader::ManifestLoader;
use wadm_types::Manifest;
use wadm_types::api::{Status, StatusType};

use crate::connection::Lattice;

/// Where images are by the generated manifest.
const IMAGES: &str = "/opt/lyceum/lattice";
/// Between looks at what has become of a deployment.
const LOOK: Duration = Duration::from_millis(250);

/// wadm calls failed what lacks a host, too: after so long nothing more is to be expected.
const FINAL: Duration = Duration::from_secs(30);

/// Which manifest.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The manifest, in YAML or JSON
    manifest: PathBuf,
    /// The folder of images, instead of the one that the manifest names; hosts see it under the same name
    #[arg(long)]
    images: Option<PathBuf>,
    /// Seconds to wait until everything runs; 0 returns at once
    #[arg(long, default_value_t = 120)]
    wait: u64,
}

/// Puts the manifest, if it is new, deploys it, and waits until everything runs.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let wadm = lattice.wadm().await?;
    let file = &options.manifest;
    let mut text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    if let Some(folder) = &options.images {
        let folder = std::path::absolute(folder)?;
        text = text.replace(&format!("file://{IMAGES}/"), &format!("file://{}/", folder.display()));
    }
    let manifest = text.into_bytes().load_manifest().await;
    let manifest = manifest.with_context(|| format!("read {}", file.display()))?;
    let (name, version) = (manifest.metadata.name.clone(), manifest.version().to_owned());
    put(&wadm, manifest).await.with_context(|| format!("deploy {}", file.display()))?;
    let deployed = wadm.deploy_manifest(&name, Some(&version)).await;
    deployed.with_context(|| format!("deploy {name} {version}"))?;
    show(format!("{name} {version} is being deployed."))?;
    if options.wait > 0 {
        wait(&wadm, &name, Duration::from_secs(options.wait)).await?;
        show(format!("{name} {version} is deployed."))?;
    }
    Ok(())
}

/// Puts the manifest, unless wadm has it already. wadm takes each version once.
async fn put(wadm: &Client, manifest: Manifest) -> Result<()> {
    let (name, version) = (&manifest.metadata.name, manifest.version());
    match wadm.get_manifest(name, Some(version)).await {
        Ok(known) if known == manifest => Ok(()),
        Ok(_) => bail!(
            "wadm has another manifest of {name} {version}: give this one another version, as spin.toml says it, or \
             take that one away by `lyceum-lattice undeploy {name} --forget`"
        ),
        Err(ClientError::NotFound(_)) => Ok(wadm.put_manifest(manifest).await.map(drop)?),
        Err(error) => Err(error).with_context(|| format!("ask wadm for {name} {version}")),
    }
}

async fn wait(wadm: &Client, name: &str, patience: Duration) -> Result<()> {
    let began = Instant::now();
    let mut well = began;
    loop {
        let status = wadm.get_manifest_status(name).await.context("ask wadm for the status")?;
        if status.info.status_type != StatusType::Failed {
            well = Instant::now();
        }
        match status.info.status_type {
            StatusType::Deployed => return Ok(()),
            StatusType::Failed if well.elapsed() > FINAL => {
                bail!("wadm could not deploy {name}:\n{}", unfinished(&status));
            }
            _ if began.elapsed() > patience => {
                bail!("{name} is not deployed after {patience:?}:\n{}", unfinished(&status));
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}

/// A line for each part that does not run as it should.
fn unfinished(status: &Status) -> String {
    let parts = status.scalers.iter().filter(|part| part.info.status_type != StatusType::Deployed);
    let lines = parts.map(|part| format!("  {} {}: {}", part.kind, part.name, part.info.message));
    lines.collect::<Vec<_>>().join("\n")
}
