//! `lyceum-lattice withdraw`: takes a version away that was released beside a component.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;

use crate::application::{Application, Named, Parts, Running, Wanted, Weights, component_of, configuration};
use crate::configurations::Configurations;
use crate::connection::Lattice;

/// Which version.
#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    named: Named,
    /// The version, such as users-next; it must have no calls any more: see `lyceum-lattice weights --help`
    version: String,
    /// Seconds to wait until it runs nowhere; 0 returns at once
    #[arg(long, default_value_t = 120)]
    wait: u64,
}

/// Withdraws it.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let Options { named: Named { application: name }, version, wait } = options;
    let all = Weights::of(lattice, name).await?.read().await?;
    let component = component_of(&all, version);
    let component = component.with_context(|| format!("{version} was not released: see `release --help`"))?;
    if &component == version {
        bail!("{version} is no version beside another, but the component itself");
    }
    if all.get(&component).and_then(|shares| shares.get(version)).is_some_and(|weight| *weight > 0) {
        bail!("{version} still gets calls: `lyceum-lattice weights {component} ...` takes them away");
    }
    take_away(lattice, name, &component, version, Duration::from_secs(*wait)).await?;
    show(format!("{version} is withdrawn."))?;
    Ok(())
}

/// Takes away a version that gets no calls.
pub(super) async fn take_away(
    lattice: &Lattice,
    name: &str,
    component: &str,
    version: &str,
    patience: Duration,
) -> Result<()> {
    let application = Application::of(lattice, name).await?;
    // A second attempt finds some of it done.
    if application.manifest().await?.component(version).is_ok() {
        application.change(|manifest| manifest.withdraw(version)).await?;
    }
    Running::on(lattice).await?.wait(&Wanted::gone(name, version), patience).await?;
    let weights = Weights::of(lattice, name).await?;
    let mut shares = weights.read().await?.remove(component).unwrap_or_default();
    shares.remove(version);
    // One that is alone takes its own calls.
    let is_alone = shares.keys().all(|id| id == component);
    weights.set(component, (!is_alone).then_some(shares)).await?;
    Configurations::of(lattice).await?.remove(&configuration(name, version)).await
}
