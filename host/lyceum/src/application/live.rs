//! Streams, and what they are told.

use std::sync::Arc;

use lyceum_events::EventBus;
use lyceum_live::{Hub, Options};

/// Keeps streams from now on, and tells them what comes over the bus.
pub(super) fn open(bus: &dyn EventBus, options: Options) -> Arc<Hub> {
    let hub = Hub::new(options);
    hub.keep_tidy();
    bus.listen(Arc::clone(&hub) as _);
    hub
}
