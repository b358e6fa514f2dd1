//! Streams, and what they are told.

use std::sync::Arc;

use lyceum_events::{Event, EventBus, LiveListener};
use lyceum_live::{Hub, Message, Options, Position};
use tracing::debug;

/// What the bus tells.
struct Listener(Arc<Hub>);

impl LiveListener for Listener {
    fn begin(&self, epoch: u64, number: u64) {
        self.0.begin(Position { epoch, number });
    }

    fn hear(&self, epoch: u64, number: u64, event: Event) {
        let Some(message) = Message::of_cloud_event(&event.body) else {
            debug!(event = event.id, kind = event.kind, "this is no message to a live channel");
            return;
        };
        self.0.hear(Position { epoch, number }, message);
    }
}

/// Keeps streams from now on, and tells them what comes over the bus.
pub(super) fn open(bus: &dyn EventBus, options: Options) -> Arc<Hub> {
    let hub = Hub::new(options);
    hub.keep_tidy();
    bus.listen(Arc::new(Listener(Arc::clone(&hub))));
    hub
}
