//! What kind of lattice.

use std::path::PathBuf;

/// What kind of lattice is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// A host for each, named like its zone. The application's manifest knows the zones a, b and c.
    pub zones: Vec<&'static str>,
    /// The application's own manifest; its `spin.toml` unless one is given.
    pub application: Option<PathBuf>,
    /// The manifest that is deployed; `wadm/lyceum.yaml` of the application unless one is given.
    pub manifest: Option<PathBuf>,
    /// What asking this path must give before the lattice counts as started: 200.
    pub ready: &'static str,
    /// Zones of the manifest without a host as yet; what belongs there runs nowhere until one is started.
    pub empty_zones: Vec<&'static str>,
    /// Whether the application knows the variables that name the first admin.
    pub with_admin: bool,
    /// Servers that sync what they acknowledge.
    pub durable: bool,
    /// NATS with TLS and a key for each role, as `deploy/nats` has it.
    pub secured: bool,
    /// Environment of hosts, wadm and commands, beside what every lattice has.
    pub environment: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            zones: vec!["a", "b", "c"],
            application: None,
            manifest: None,
            ready: "/api/v1/health",
            empty_zones: Vec::new(),
            with_admin: true,
            durable: false,
            secured: false,
            environment: Vec::new(),
        }
    }
}
