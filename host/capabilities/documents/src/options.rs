//! What a host says when it opens documents.

use lyceum_sql::{Clock, Publishes};

/// How documents are opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the time comes from that is stored in events and compared with the expiry of keys.
    pub clock: Clock,
    /// Which kinds of event may be published; any, if not said.
    pub publishes: Publishes,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Clock::system(), publishes: Publishes::anything() }
    }
}
