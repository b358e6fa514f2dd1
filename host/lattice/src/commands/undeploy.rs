//! `lyceum-lattice undeploy`: takes an application down.

use anyhow::{Context, Result};
use clap::Args;
use lyceum_console::show;

use crate::connection::Lattice;

/// Which application.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Its name, `metadata.name` of its manifest
    application: String,
    /// Have wadm forget all versions of its manifest as well, so that one of the same version can be deployed
    #[arg(long)]
    forget: bool,
}

/// Has wadm stop everything that belongs to the application. Its manifests stay known, unless they are to be forgotten.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let name = &options.application;
    let wadm = lattice.wadm().await?;
    wadm.undeploy_manifest(name).await.with_context(|| format!("undeploy {name}"))?;
    show(format!("{name} is being taken down."))?;
    if options.forget {
        wadm.delete_manifest(name, None).await.with_context(|| format!("have wadm forget {name}"))?;
        show(format!("{name} is forgotten."))?;
    }
    Ok(())
}
