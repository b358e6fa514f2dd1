//! Lattices that are measured.

use std::path::Path;

use anyhow::{Context, Result};
use lyceum_manifest::{Manifest, Report};
use lyceum_private_lattice::{Lattice, Options, Programs};

use super::Bench;
use crate::components::put;
use crate::manifests;

/// A lattice with one host for each zone, of the application that this manifest describes; it answers `ready`. Its public
/// component takes requests in each zone, and `also`, if one is given, on an address of its own.
pub(super) fn start(
    bench: &Bench,
    manifest: &Path,
    zones: &[&'static str],
    ready: &'static str,
    also: Option<&'static str>,
) -> Result<Lattice> {
    let programs = bench.programs.lattice.as_ref().context("the lattice was not built")?;
    let text = std::fs::read_to_string(manifest).with_context(|| format!("read {}", manifest.display()))?;
    let application = Manifest::parse(manifest, &text).map_err(Report)?;
    let version = application.version.as_deref().context("the application has no version")?;
    for component in application.components.values() {
        let source = bench.root.join(&component.source);
        put(&source, &programs.images.join(format!("{}-{version}.wasm", component.id)))?;
    }
    if let Some(also) = also {
        let archive = |name: &str| programs.images.join(format!("{name}-{version}.par.gz"));
        put(&archive("http"), &archive(&format!("http-{also}")))?;
    }
    let deployed = manifest.with_extension("yaml");
    std::fs::write(&deployed, manifests::generated(&application, also)?)?;
    let options = Options {
        zones: zones.to_vec(),
        application: Some(manifest.to_owned()),
        manifest: Some(deployed),
        ready,
        listeners: also.into_iter().collect(),
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
