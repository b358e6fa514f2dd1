//! `lyceum-lattice release`: runs a version beside the one that takes the calls.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;
use lyceum_mesh::identity::RootSecret;

use crate::application::{Application, Named, Parts, Release, Running, Wanted, Weights, configuration};
use crate::configurations::Configurations;
use crate::connection::Lattice;

/// What to release.
///
/// The version has the links, the scale and the configuration of its component, works on the same data, and gets no calls
/// until `lyceum-lattice weights` gives it some. `promote` makes it the component, `withdraw` takes it away.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    named: Named,
    /// The component that it is a version of
    component: String,
    /// Its image: a file, which every host has under the same name, or a reference in a registry, with its version
    #[arg(long)]
    image: String,
    /// What it is called: the component's name, a hyphen, and more [default: the component's name with -next]
    #[arg(long = "as")]
    version: Option<String>,
    /// The secret that all keys come from, as `configure` was given it
    #[arg(long, env = "LYCEUM_ROOT_SECRET", hide_env_values = true)]
    root_secret: RootSecret,
    /// Seconds to wait until it runs on all hosts; 0 returns at once
    #[arg(long, default_value_t = 120)]
    wait: u64,
}

/// Releases it.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let Options { named: Named { application: name }, component, wait, .. } = options;
    let version = options.version.clone().unwrap_or_else(|| format!("{component}-next"));
    let tail = version.strip_prefix(component.as_str()).and_then(|tail| tail.strip_prefix('-'));
    let is_sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !tail.is_some_and(|tail| !tail.is_empty() && tail.bytes().all(is_sound)) {
        bail!(
            "a version of {component} is called {component}- and then lower-case letters, digits and hyphens"
        );
    }
    let image = image(&options.image)?;
    let release = Release { component, version: &version, image: &image };
    let application = Application::of(lattice, name).await?;
    // What is wrong is found before anything is changed.
    application.manifest().await?.release(release)?;

    let configurations = Configurations::of(lattice).await?;
    let of_component = configuration(name, component);
    let found = configurations.find(&of_component).await?;
    let mut values =
        found.with_context(|| format!("there is no configuration {of_component}: configure it"))?;
    // Others know it by a key of its own; what its component has encrypted or signed, it has to read.
    let own = options.root_secret.configuration(&version).into_iter();
    let own = own.filter(|(name, _)| *name != RootSecret::SHARED_BY_VERSIONS);
    values.extend(own.map(|(name, value)| (name.to_owned(), value)));
    configurations.put(&configuration(name, &version), values).await?;

    let weights = Weights::of(lattice, name).await?;
    let mut shares = weights.read().await?.remove(component).unwrap_or_default();
    if shares.is_empty() {
        shares = BTreeMap::from([(component.clone(), 100)]);
    }
    shares.insert(version.clone(), 0);
    weights.set(component, Some(shares)).await?;

    let manifest = application.change(|manifest| manifest.release(release)).await?;
    let running = Running::on(lattice).await?;
    running.wait(&Wanted::of(&manifest, &version)?, Duration::from_secs(*wait)).await?;
    show(format!(
        "{version} runs beside {component}, without any calls: see `lyceum-lattice weights --help`."
    ))?;
    Ok(())
}

/// A file's whole name, or a reference as it is.
fn image(given: &str) -> Result<String> {
    if given.contains("://") {
        return Ok(given.to_owned());
    }
    let file = Path::new(given);
    if file.extension().is_some_and(|extension| extension == "wasm") {
        let file = std::fs::canonicalize(file).with_context(|| format!("find {given}"))?;
        return Ok(format!("file://{}", file.display()));
    }
    Ok(given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::image;

    #[test]
    fn a_file_is_named_whole_and_a_reference_as_it_is() {
        assert_eq!(image("ghcr.io/lyceum/users:2").unwrap(), "ghcr.io/lyceum/users:2");
        assert_eq!(image("file:///opt/users-2.wasm").unwrap(), "file:///opt/users-2.wasm");
        assert!(image("nowhere/users-2.wasm").is_err());
    }
}
