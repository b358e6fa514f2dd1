//! What requests of components to the outside may reach.

use std::collections::HashMap;

use clap::Args;
use lyceum_mesh::Addresses;

/// As `lyceum up` reads it from the environment.
#[derive(Args, Debug)]
pub(super) struct Outbound {
    /// Addresses besides the public ones that components may reach: ranges, addresses and host names, with commas
    #[arg(long, env = "LYCEUM_OUTBOUND_PRIVATE")]
    outbound_private: Option<Addresses>,
    /// A file with certificates of further authorities, on every host
    #[arg(long, env = "LYCEUM_OUTBOUND_ROOTS")]
    outbound_roots: Option<String>,
    /// Whether hosts outside are told the trace that a request belongs to
    #[arg(long, env = "LYCEUM_OUTBOUND_TRACE", default_value_t = false, action = clap::ArgAction::Set)]
    outbound_trace: bool,
}

impl Outbound {
    /// As the mesh's provider takes it.
    pub(super) fn configuration(&self) -> HashMap<String, String> {
        let mut values = HashMap::from([("outbound_trace".to_owned(), self.outbound_trace.to_string())]);
        if let Some(addresses) = &self.outbound_private {
            values.insert("outbound_private".to_owned(), addresses.to_list());
        }
        if let Some(roots) = &self.outbound_roots {
            values.insert("outbound_roots".to_owned(), roots.clone());
        }
        values
    }
}
