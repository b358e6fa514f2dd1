//! The figures of all hosts and providers, as `lyceum-lattice metrics` tells them.

use anyhow::{Context, Result};
use lyceum_private_lattice::Lattice;

/// All figures at one moment.
#[derive(Clone, Debug)]
pub struct Metrics(String);

impl Metrics {
    /// Asks everybody.
    pub fn of(lattice: &Lattice) -> Result<Self> {
        tokio::task::block_in_place(|| lattice.run(&["metrics"])).map(Self)
    }

    /// The values of this metric for this destination of the mesh, one for each process that has it.
    pub fn of_destination(&self, name: &str, destination: &str) -> Result<Vec<f64>> {
        let (begin, label) = (format!("lyceum_{name}{{"), format!("destination=\"{destination}\""));
        let lines = self.0.lines().filter(|line| line.starts_with(&begin) && line.contains(&label));
        let values = lines.map(|line| {
            let value = line.rsplit(' ').next().and_then(|value| value.parse().ok());
            value.with_context(|| format!("a value in {line:?}"))
        });
        values.collect()
    }
}
