//! Shares of calls between versions of components, as they stand on the lattice.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lyceum_console::show;
use lyceum_mesh::WeightsByComponent;

use crate::configurations::Configurations;
use crate::connection::Lattice;
use crate::gather::Gatherer;

/// The setting of it.
const SETTING: &str = "weights";
/// How long providers may take to hear of new weights.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Between looks at whether they have.
const LOOK: Duration = Duration::from_millis(100);

/// Versions and their weights by component.
pub(crate) type Given = BTreeMap<String, BTreeMap<String, u32>>;

/// The component that this is a version of, or which it is itself.
pub(crate) fn component_of(all: &Given, version: &str) -> Option<String> {
    all.iter().find(|(_, shares)| shares.contains_key(version)).map(|(component, _)| component.clone())
}

/// An application's weights.
pub(crate) struct Weights {
    configurations: Configurations,
    gatherer: Gatherer,
    name: String,
}

impl Weights {
    /// Those of this application.
    pub(crate) async fn of(lattice: &Lattice, application: &str) -> Result<Self> {
        Ok(Self {
            configurations: Configurations::of(lattice).await?,
            gatherer: Gatherer::of(lattice).await?,
            name: format!("{application}-weights"),
        })
    }

    /// What stands. A component that is not named takes its own calls.
    pub(crate) async fn read(&self) -> Result<Given> {
        let found = self.configurations.find(&self.name).await?;
        let text = found.as_ref().and_then(|found| found.get(SETTING)).map_or("{}", String::as_str);
        serde_json::from_str(text).with_context(|| format!("the configuration {} is damaged", self.name))
    }

    /// Puts no weights, unless some stand: those of a lattice that runs are nobody's but its operator's.
    pub(crate) async fn put_first(&self) -> Result<()> {
        if self.configurations.find(&self.name).await?.is_none() {
            self.put(&Given::new()).await?;
            show(format!("{} is configured.", self.name))?;
        }
        Ok(())
    }

    /// Sets the weights of one component's versions; `None` leaves it to take its own calls. Comes back when every
    /// provider that shares calls out has heard of it.
    pub(crate) async fn set(&self, component: &str, versions: Option<BTreeMap<String, u32>>) -> Result<()> {
        let mut all = self.read().await?;
        match versions {
            Some(versions) => all.insert(component.to_owned(), versions),
            None => all.remove(component),
        };
        let weights = lyceum_mesh::Weights::read(&serde_json::to_string(&all)?)?;
        self.put(&all).await?;
        self.arrival(&weights).await
    }

    async fn put(&self, all: &Given) -> Result<()> {
        let values = HashMap::from([(SETTING.to_owned(), serde_json::to_string(all)?)]);
        self.configurations.put(&self.name, values).await
    }

    /// Waits until all providers have these weights.
    async fn arrival(&self, weights: &WeightsByComponent) -> Result<()> {
        let wanted = lyceum_metrics::mesh::weights(weights);
        let began = Instant::now();
        loop {
            let families = self.gatherer.families().await?;
            let late = late(&families, &wanted);
            if late.is_empty() {
                return Ok(());
            }
            if began.elapsed() > TIMEOUT {
                bail!("the weights are set, but not all know of them after {TIMEOUT:?}: {}", late.join(", "));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// A figure, by its labels.
type Sample = (BTreeMap<String, String>, u64);

/// The processes whose weights are others than these.
fn late(families: &[lyceum_metrics::Family], wanted: &lyceum_metrics::Family) -> Vec<String> {
    let mut known: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let of = |name: &str| {
        let family = families.iter().find(|family| family.name == name);
        family.into_iter().flat_map(|family| &family.samples)
    };
    let process = |labels: &BTreeMap<String, String>| {
        let label = |name: &str| labels.get(name).map_or("", String::as_str);
        format!("{} on {}", label("process"), label("host"))
    };
    // Who shares calls out says so even when it has no weights at all.
    for sample in of("mesh_versioned_components") {
        known.entry(process(&sample.labels)).or_default();
    }
    for sample in of(&wanted.name) {
        let own = ["component", "destination"]
            .iter()
            .filter_map(|name| sample.labels.get(*name).map(|of| ((*name).to_owned(), of.clone())));
        known.entry(process(&sample.labels)).or_default().push((own.collect(), sample.value.to_bits()));
    }
    let mut wanted: Vec<_> =
        wanted.samples.iter().map(|sample| (sample.labels.clone(), sample.value.to_bits())).collect();
    wanted.sort();
    let late = known.into_iter().filter_map(|(process, mut weights)| {
        weights.sort();
        (weights != wanted).then_some(process)
    });
    late.collect()
}

#[cfg(test)]
mod tests {
    use lyceum_metrics::{join, mesh};

    use super::late;
    use crate::figures::place;

    #[test]
    fn a_host_with_other_weights_is_listed_as_late() {
        let read = |text: &str| lyceum_mesh::Weights::read(text).unwrap();
        let (old, new) = (read("{}"), read(r#"{"users": {"users": 99, "users-next": 1}}"#));
        let figures = |first: &lyceum_mesh::WeightsByComponent| {
            join([
                (place("a", None, Some("lyceum-mesh")), mesh::versions(first)),
                (place("b", None, Some("lyceum-mesh")), mesh::versions(&new)),
            ])
        };
        assert_eq!(late(&figures(&old), &mesh::weights(&new)), ["lyceum-mesh on a"]);
        assert!(late(&figures(&new), &mesh::weights(&new)).is_empty());
        assert_eq!(late(&figures(&new), &mesh::weights(&old)).len(), 2);
    }
}
