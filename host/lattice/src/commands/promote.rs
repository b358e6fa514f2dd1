//! `lyceum-lattice promote`: makes a version the component that it is a version of.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use lyceum_console::show;

use super::withdraw::take_away;
use crate::application::{Application, Named, Parts, Running, Wanted, Weights, component_of, image};
use crate::connection::Lattice;

/// Which version.
///
/// All calls go to the version while the component is started from the version's image, then back to the component, and the
/// version is withdrawn. No request fails.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    named: Named,
    /// The version, such as users-next
    version: String,
    /// Seconds to wait until the component runs from the new image on all hosts
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    wait: u64,
}

/// Promotes it.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let Options { named: Named { application: name }, version, wait } = options;
    let patience = Duration::from_secs(*wait);
    let application = Application::of(lattice, name).await?;
    let weights = Weights::of(lattice, name).await?;
    let component = component_of(&weights.read().await?, version);
    let component = component.with_context(|| format!("{version} was not released: see `release --help`"))?;
    let image = image(application.manifest().await?.component(version)?).to_owned();

    let only = |of: &str| {
        BTreeMap::from([&component, version].map(|id| (id.clone(), if id == of { 100 } else { 0 })))
    };
    weights.set(&component, Some(only(version))).await?;
    show(format!("All calls of {component} go to {version}."))?;
    let manifest = application.change(|manifest| manifest.set_image(&component, &image)).await?;
    Running::on(lattice).await?.wait(&Wanted::of(&manifest, &component)?, patience).await?;
    show(format!("{component} runs from {image}."))?;
    weights.set(&component, Some(only(&component))).await?;
    take_away(lattice, name, &component, version, patience).await?;
    show(format!("{component} is what {version} was."))?;
    Ok(())
}
