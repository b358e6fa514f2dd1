//! Figures of streams and long polls, and of what they are told.

use lyceum_live::Figures;

use crate::Family;
use crate::Kind::{Counter, Gauge};

/// What is open, and what became of messages.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn of(figures: Figures) -> Vec<Family> {
    let one = |name, kind, help, value: u64| Family::new(name, kind, help).with(&[], value as f64);
    vec![
        Family::new("live_open", Gauge, "Streams and long polls that are open")
            .with(&[("form", "events")], figures.open_events as f64)
            .with(&[("form", "poll")], figures.open_polls as f64)
            .with(&[("form", "websocket")], figures.open_websockets as f64),
        one(
            "live_messages_total",
            Counter,
            "Messages to live channels that this host was told",
            figures.heard,
        ),
        one("live_sent_total", Counter, "Messages that were handed to a connection", figures.sent),
        one(
            "live_dropped_total",
            Counter,
            "Readers that were cut off since they read too slowly",
            figures.slow,
        ),
        one(
            "live_refused_total",
            Counter,
            "Streams that were refused since there were too many",
            figures.refused,
        ),
        one(
            "live_resets_total",
            Counter,
            "Readers that came back too late to be told what they missed",
            figures.resets,
        ),
        one("live_kept_bytes", Gauge, "Messages that are kept for those who come back", figures.kept_bytes),
    ]
}
