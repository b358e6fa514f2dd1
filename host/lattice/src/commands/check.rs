//! `lyceum-lattice check`: what wadm would find wrong with a manifest, without a lattice.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;
use wadm_types::validation::{ValidationOutput, validate_manifest_file};

/// Which manifest.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The manifest, in YAML or JSON
    manifest: PathBuf,
}

/// Prints all that is wrong, and fails unless wadm would take the manifest. A warning is a link to what is not in it, or an
/// interface that a well-known package does not have.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let file = &options.manifest;
    let (manifest, found) =
        validate_manifest_file(file).await.with_context(|| format!("check {}", file.display()))?;
    for one in &found {
        show(format!("{}: {}", one.level, one.msg))?;
    }
    let (errors, warnings) = (found.errors().len(), found.warnings().len());
    if errors > 0 {
        bail!("wadm would refuse {}: {errors} errors, {warnings} warnings", file.display());
    }
    let (name, parts) = (&manifest.metadata.name, manifest.spec.components.len());
    let version = manifest.version();
    show(format!("{name} {version} has {parts} components and providers: {warnings} warnings."))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../wadm/lyceum.yaml")
    }

    #[tokio::test]
    async fn wadm_finds_nothing_wrong_with_the_generated_manifest() {
        let (manifest, found) = validate_manifest_file(generated()).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert!(manifest.spec.components.len() > 10);
    }

    #[tokio::test]
    async fn a_manifest_that_wadm_would_refuse_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("wrong.yaml");
        let text = std::fs::read_to_string(generated()).unwrap();
        std::fs::write(&manifest, text.replace("- name: users\n", "- name: auth\n")).unwrap();
        let refused = run(&Options { manifest }).await.unwrap_err().to_string();
        assert!(refused.contains("wadm would refuse"), "{refused}");
    }
}
