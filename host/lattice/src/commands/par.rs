//! `lyceum-lattice par`: packs a provider's program into an archive.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use lyceum_console::show;
use nkeys::KeyPair;
use provider_archive::ProviderArchive;

/// What to pack.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The program, built for this machine
    program: PathBuf,
    /// The archive, such as sql.par.gz
    archive: PathBuf,
    /// The provider's name
    #[arg(long)]
    name: String,
}

/// Writes the archive, compressed, signed with keys made for it.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let Options { program, archive, name } = options;
    let bytes = tokio::fs::read(program).await.with_context(|| format!("read {}", program.display()))?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut par = ProviderArchive::new(name, "Lyceum", None, Some(version));
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let failed = |error| anyhow!("write {}: {error}", archive.display());
    par.add_library(&target, &bytes).map_err(failed)?;
    let (issuer, subject) = (KeyPair::new_account(), KeyPair::new_service());
    par.write(archive, &issuer, &subject, true).await.map_err(failed)?;
    show(format!("{} is {}.", archive.display(), subject.public_key()))?;
    Ok(())
}
