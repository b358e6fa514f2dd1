//! Figures of the delivery of events.

use lyceum_events::ConsumerStatistics;

use crate::Family;
use crate::Kind::{Counter, Gauge};
use crate::family::{Series, families};

const SERIES: [Series<ConsumerStatistics>; 12] = [
    ("events_delivered_total", Counter, "Events handled", |of| of.delivered),
    ("events_failed_total", Counter, "Attempts that failed", |of| of.failed),
    ("events_unavailable_total", Counter, "Attempts that failed because something was down or slow", |of| {
        of.unavailable
    }),
    ("events_not_yet_total", Counter, "Attempts that came before what they need", |of| of.not_yet),
    ("events_refused_total", Counter, "Events handled by refusing what they ask for", |of| of.refused),
    ("events_dead_total", Counter, "Events that became dead letters", |of| of.dead),
    ("events_redelivered_total", Counter, "Deliveries of events that came before", |of| of.redelivered),
    ("events_lag", Gauge, "Events not yet finished", |of| of.lag),
    ("events_blocked", Gauge, "Aggregates that wait for a failed event", |of| of.blocked),
    ("events_waiting", Gauge, "Aggregates that wait for what another event brings", |of| of.waiting),
    ("events_running", Gauge, "Events being handled", |of| of.running),
    ("events_idle", Gauge, "1 when nothing waits", |of| u64::from(of.lag == 0)),
];

/// How each consumer does.
pub fn of(consumers: Vec<ConsumerStatistics>) -> Vec<Family> {
    let consumers: Vec<_> = consumers.into_iter().map(|of| (of.consumer.clone(), of)).collect();
    families(&SERIES, "consumer", &consumers)
}
