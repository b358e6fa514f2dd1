//! `lyceum-lattice weights`: shows and sets how calls are shared between versions.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use clap::Args;
use lyceum_console::show;

use crate::application::{Application, Named, Parts, Weights};
use crate::connection::Lattice;

/// Which weights.
///
/// `weights` shows all; `weights users users=99 users-next=1` has every hundredth call of users go to users-next, from
/// everywhere on the lattice, and every hundredth event. A weight of 0 takes all calls away; a version that fails gives its share
/// to the others until it is well again.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    named: Named,
    /// The component whose calls are shared out
    component: Option<String>,
    /// What each version gets, as version=weight; weights are whole numbers from 0 on, of which at least one is above 0
    #[arg(value_parser = share, requires = "component")]
    shares: Vec<(String, u32)>,
}

fn share(text: &str) -> Result<(String, u32), String> {
    let (version, weight) = text.split_once('=').ok_or("it is not version=weight")?;
    let weight =
        weight.parse().map_err(|_| format!("{weight:?} is no whole number from 0 to {}", u32::MAX))?;
    Ok((version.to_owned(), weight))
}

/// Shows or sets them.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let Options { named: Named { application }, component, shares } = options;
    let weights = Weights::of(lattice, application).await?;
    if let (Some(component), [_, ..]) = (component, shares.as_slice()) {
        let manifest = Application::of(lattice, application).await?.manifest().await?;
        let mut versions = BTreeMap::new();
        for (version, weight) in shares {
            manifest.component(version)?;
            if version != component && !version.starts_with(&format!("{component}-")) {
                bail!("{version} is no version of {component}: those are called {component}-...");
            }
            if versions.insert(version.clone(), *weight).is_some() {
                bail!("{version} is named twice");
            }
        }
        weights.set(component, Some(versions)).await?;
    }
    let all = weights.read().await?;
    let wanted = |name: &String| component.as_ref().is_none_or(|component| component == name);
    for (component, versions) in all.iter().filter(|(name, _)| wanted(name)) {
        let total: u64 = versions.values().copied().map(u64::from).sum();
        show(component)?;
        for (version, weight) in versions {
            let percent = f64::from(*weight) * 100.0 / exact(total);
            show(format!("  {version}={weight} ({percent:.2} %)"))?;
        }
    }
    if !all.keys().any(wanted) {
        show("Every component takes its own calls.")?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a sum of a few 32 bit numbers")]
fn exact(total: u64) -> f64 {
    total as f64
}
