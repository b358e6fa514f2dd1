//! `lyceum-lattice deploy`: hands a manifest to wadm.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use wadm_client::Client;
use wadm_types::api::{Status, StatusType};

use crate::connection::Lattice;

/// Where images are by the generated manifest.
const IMAGES: &str = "/opt/lyceum/lattice";
/// Between looks at what has become of a deployment.
const LOOK: Duration = Duration::from_millis(250);

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

/// Puts and deploys the manifest, and waits until everything runs.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let wadm = lattice.wadm().await?;
    let file = &options.manifest;
    let mut text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    if let Some(folder) = &options.images {
        let folder = std::path::absolute(folder)?;
        text = text.replace(&format!("file://{IMAGES}/"), &format!("file://{}/", folder.display()));
    }
    let deployed = wadm.put_and_deploy_manifest(text.into_bytes()).await;
    let (name, version) = deployed.with_context(|| format!("deploy {}", file.display()))?;
    println!("{name} {version} is being deployed.");
    if options.wait > 0 {
        wait(&wadm, &name, Duration::from_secs(options.wait)).await?;
        println!("{name} {version} is deployed.");
    }
    Ok(())
}

async fn wait(wadm: &Client, name: &str, patience: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        let status = wadm.get_manifest_status(name).await.context("ask wadm for the status")?;
        match status.info.status_type {
            StatusType::Deployed => return Ok(()),
            StatusType::Failed => bail!("wadm could not deploy {name}:\n{}", unfinished(&status)),
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
