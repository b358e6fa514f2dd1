//! Lattices that are measured.

use std::path::Path;

use anyhow::{Context, Result};
use lyceum_manifest::{Manifest, Report};
use lyceum_private_lattice::{Lattice, Options, Programs};

use super::Bench;
use crate::manifests;
use xtask::components::put;

/// A lattice with one host for each zone, of the application that this manifest describes; it answers `ready`.
pub(super) fn start(
    bench: &Bench,
    manifest: &Path,
    zones: &[&'static str],
    ready: &'static str,
) -> Result<Lattice> {
    let programs = bench.programs.lattice.as_ref().context("the lattice was not built")?;
    let text = std::fs::read_to_string(manifest).with_context(|| format!("read {}", manifest.display()))?;
    let application = Manifest::parse(manifest, &text).map_err(Report)?;
    let version = application.version.as_deref().context("the application has no version")?;
    for component in application.components.values() {
        let source = bench.root.join(&component.source);
        put(&source, &programs.images.join(format!("{}-{version}.wasm", component.id)))?;
    }
    let deployed = manifest.with_extension("yaml");
    std::fs::write(&deployed, manifests::generated(&application)?)?;
    let options = Options {
        zones: zones.to_vec(),
        application: Some(manifest.to_owned()),
        manifest: Some(deployed),
        ready,
        with_admin: application.variables.contains_key("first_admin_email"),
        durable: true,
        ..Options::default()
    };
    let programs = Programs { lyceum: bench.programs.lyceum.clone(), ..programs.clone() };
    Lattice::start_with(programs, &options)
}

/// The processes of the lattice's hosts, with their providers.
pub(super) fn processes(lattice: &Lattice) -> Result<Vec<u32>> {
    let mut all = Vec::new();
    for host in lattice.hosts().iter().filter(|host| host.program.id().is_some()) {
        all.extend(host.program.id());
        all.extend(host.program.children()?.into_keys());
    }
    Ok(all)
}
