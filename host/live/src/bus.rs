//! What the event bus tells.

use lyceum_events::{Event, LiveListener};

use crate::hub::Hub;
use crate::message::Message;
use crate::position::Position;

impl LiveListener for Hub {
    fn begin(&self, epoch: u64, number: u64) {
        Self::begin(self, Position { epoch, number });
    }

    fn hear(&self, epoch: u64, number: u64, event: Event) {
        // What is no message to a channel, no service of ours has committed.
        if let Some(message) = Message::of_cloud_event(&event.body) {
            Self::hear(self, Position { epoch, number }, message);
        }
    }
}
