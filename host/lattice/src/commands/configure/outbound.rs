//! What requests of components to the outside may reach.

use std::collections::HashMap;

use clap::Args;
use lyceum_mesh::Addresses;

/// As `lyceum up` reads it from the environment.
#[derive(Args, Debug)]
pub(super) struct Outbound {
    /// Addresses besides the public ones that components may reach: ranges, addresses and host names, with commas
    #[arg(long = "outbound-private", env = "LYCEUM_OUTBOUND_PRIVATE")]
    private: Option<Addresses>,
    /// A file with certificates of further authorities, on every host
    #[arg(long = "outbound-roots", env = "LYCEUM_OUTBOUND_ROOTS")]
    roots: Option<String>,
    /// Whether hosts outside are told the trace that a request belongs to
    #[arg(long = "outbound-trace", env = "LYCEUM_OUTBOUND_TRACE", default_value_t = false, action = clap::ArgAction::Set)]
    trace: bool,
}

impl Outbound {
    /// As the mesh's provider takes it.
    pub(super) fn configuration(&self) -> HashMap<String, String> {
        let mut values = HashMap::from([("outbound_trace".to_owned(), self.trace.to_string())]);
        if let Some(addresses) = &self.private {
            values.insert("outbound_private".to_owned(), addresses.to_list());
        }
        if let Some(roots) = &self.roots {
            values.insert("outbound_roots".to_owned(), roots.clone());
        }
        values
    }
}
