//! What kind of lattice.

use std::path::PathBuf;

/// What kind of lattice is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// A host for each, named like its zone. The application's manifest knows the zones a, b and c.
    pub zones: Vec<&'static str>,
    /// The manifest that is deployed; `wadm/lyceum.yaml` of the application unless one is given.
    pub manifest: Option<PathBuf>,
    /// Servers that sync what they acknowledge.
    pub durable: bool,
    /// Environment of hosts, wadm and commands, beside what every lattice has.
    pub environment: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { zones: vec!["a", "b", "c"], manifest: None, durable: false, environment: Vec::new() }
    }
}
