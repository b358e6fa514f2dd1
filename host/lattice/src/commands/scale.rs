//! `lyceum-lattice scale`: how many requests a component takes at once.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use lyceum_console::show;

use crate::application::{Application, Named, Parts, Running, Wanted};
use crate::connection::Lattice;
use crate::gather::Gatherer;
use crate::scaling::{Load, Loads, Rule, Scaler};
use crate::signals::told_to_stop;

/// How to scale.
///
/// An instance is a request at a time: a component with 10 instances takes 10 requests at once, on all hosts together, and what
/// comes beyond waits in its hosts. `--instances` sets the number once, 0 takes the component away. `--floor` and
/// `--ceiling` have it follow the load until the command is ended: up within seconds when calls wait, down slowly when they
/// don't, and never up while the machines have no time left for more. All other parts go on untouched.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    named: Named,
    /// The component, or a version of one
    component: String,
    /// As many instances, from now on
    #[arg(long, required_unless_present = "ceiling", conflicts_with_all = ["floor", "ceiling"])]
    instances: Option<usize>,
    /// No fewer instances than this
    #[arg(long, requires = "ceiling", default_value = "1")]
    floor: NonZeroUsize,
    /// No more instances than this
    #[arg(long)]
    ceiling: Option<NonZeroUsize>,
    /// The share of its instances that should be in use, in percent
    #[arg(long, default_value_t = 70, value_parser = clap::value_parser!(u8).range(10..=100))]
    use_percent: u8,
    /// The share of the machines' processor time, in percent, from which on there are no more instances; 100 for more
    /// whatever it is
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(10..=100))]
    cpu_percent: u8,
    /// Seconds between looks at the load
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=300))]
    every: u64,
    /// Seconds for which fewer instances have to be enough before there are fewer
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=86400))]
    calm: u64,
    /// With --instances: seconds to wait until hosts have done it; 0 returns at once
    #[arg(long, default_value_t = 60)]
    wait: u64,
}

/// Scales once, or until SIGTERM or Ctrl-C.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let Options { named: Named { application: name }, component, .. } = options;
    let application = Application::of(lattice, name).await?;
    if let Some(instances) = options.instances {
        let manifest = application.change(|manifest| manifest.set_instances(component, instances)).await?;
        let wanted = match instances {
            0 => Wanted::gone(name, component),
            _ => Wanted::of(&manifest, component)?,
        };
        Running::on(lattice).await?.wait(&wanted, Duration::from_secs(options.wait)).await?;
        show(format!("{component} has {instances} instances."))?;
        return Ok(());
    }
    let (floor, ceiling) = (options.floor.get(), options.ceiling.map_or(usize::MAX, NonZeroUsize::get));
    if floor > ceiling {
        bail!("the floor, {floor}, is above the ceiling, {ceiling}");
    }
    let rule = Rule {
        floor,
        ceiling,
        in_use: f64::from(options.use_percent) / 100.0,
        exhausted: f64::from(options.cpu_percent) / 100.0,
        calm: Duration::from_secs(options.calm),
    };
    let current = application.manifest().await?.instances(component)?;
    show(format!("{component} has {current} instances, and will have {floor} to {ceiling}."))?;
    tokio::select! {
        ended = follow(lattice, &application, options, Scaler::new(rule)) => ended,
        stopped = told_to_stop() => stopped,
    }
}

/// Looks at the load again and again, and never gives up: what can't be had now may be there the next time.
async fn follow(
    lattice: &Lattice,
    application: &Application,
    options: &Options,
    mut scaler: Scaler,
) -> Result<()> {
    let Options { component, every, .. } = options;
    let gatherer = Gatherer::of(lattice).await?;
    let mut loads = Loads::of(component);
    let mut looks = tokio::time::interval(Duration::from_secs(*every));
    loop {
        looks.tick().await;
        let looked = look(&gatherer, application, component, &mut loads).await;
        let load = match looked {
            Ok(Some(load)) => load,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the load is not known");
                continue;
            }
        };
        tracing::debug!(?load, "looked at the load");
        let Some(instances) = scaler.decide(load, Instant::now()) else { continue };
        match application.change(|manifest| manifest.set_instances(component, instances)).await {
            Ok(_) => show(format!(
                "{component} has {instances} instances instead of {}: {} calls in flight, {:.0} % of the processors' time.",
                load.instances,
                load.in_flight,
                load.cpu * 100.0
            ))?,
            Err(error) => tracing::warn!(error = format!("{error:#}"), "the number could not be changed"),
        }
    }
}

async fn look(
    gatherer: &Gatherer,
    application: &Application,
    component: &str,
    loads: &mut Loads,
) -> Result<Option<Load>> {
    let instances = application.manifest().await?.instances(component)?;
    Ok(loads.next(&gatherer.families().await?, instances))
}
