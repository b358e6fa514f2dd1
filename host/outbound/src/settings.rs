//! What the operator says of requests to the outside.

use std::path::PathBuf;
use std::time::Duration;

use lyceum_mesh::Addresses;

use crate::headers::Trace;
use crate::tls::{self, UnusableRoots};

/// What the operator says, and the limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Addresses that may be reached besides the public ones.
    pub addresses: Addresses,
    /// A file of PEM certificates whose issuers are trusted besides the system's.
    pub roots: Option<PathBuf>,
    /// What is told of the trace that a request belongs to.
    pub trace: Trace,
    /// How long a connection may take: the name, TCP and TLS.
    pub connect: Duration,
    /// How long a call may take, with the reading of its answer, if its caller has more time.
    pub total: Duration,
    /// The largest body of an answer, in bytes.
    pub response_body: u64,
    /// Calls of one destination in flight are the mesh's to limit; these are connections that wait for the next one.
    pub idle_connections: usize,
}

impl Default for Settings {
    /// Public addresses, the system's authorities, no trace; 5 s to connect, a minute in all, 64 MiB, 16 idle connections.
    fn default() -> Self {
        Self {
            addresses: Addresses::default(),
            roots: None,
            trace: Trace::Kept,
            connect: Duration::from_secs(5),
            total: Duration::from_mins(1),
            response_body: 64 << 20,
            idle_connections: 16,
        }
    }
}

impl Settings {
    /// Whether requests could be sent with these.
    ///
    /// # Errors
    /// If the operator's authorities can't be read.
    pub fn check(&self) -> Result<(), UnusableRoots> {
        tls::config(self.roots.as_deref()).map(drop)
    }
}
