//! What a component did, as counters that `/metrics` shows.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The label that every component metric carries.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Of {
    component: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfStatus {
    component: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfReason {
    component: String,
    reason: &'static str,
}

/// The metrics of all components, before they are split by component.
#[derive(Clone)]
pub struct Metrics {
    answers: Family<OfStatus, Counter>,
    discarded: Family<OfReason, Counter>,
    refused: Family<Of, Counter>,
    instantiated: Family<Of, Counter>,
    in_flight: Family<Of, Gauge>,
    queued: Family<Of, Gauge>,
    seconds: Family<Of, Histogram>,
    cpu_seconds: Family<Of, Counter<f64, std::sync::atomic::AtomicU64>>,
    messages_handled: Family<Of, Counter>,
    messages_failed: Family<Of, Counter>,
    duplicate_messages: Family<Of, Counter>,
    duplicate_requests: Family<Of, Counter>,
}

/// Bucket bounds of request durations, in seconds.
const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

impl Metrics {
    /// Makes them and lists them in the registry.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            answers: Family::default(),
            discarded: Family::default(),
            refused: Family::default(),
            instantiated: Family::default(),
            in_flight: Family::default(),
            queued: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            cpu_seconds: Family::default(),
            messages_handled: Family::default(),
            messages_failed: Family::default(),
            duplicate_messages: Family::default(),
            duplicate_requests: Family::default(),
        };
        let m = &metrics;
        registry.register("component_requests", "Answers by status class", m.answers.clone());
        registry.register("component_instances_discarded", "Instances thrown away", m.discarded.clone());
        registry.register("component_requests_refused", "Requests over the queue's limit", m.refused.clone());
        registry.register("component_instances_created", "Instances made", m.instantiated.clone());
        registry.register("component_calls_in_flight", "Calls in progress", m.in_flight.clone());
        registry.register("component_calls_queued", "Calls waiting for a permit", m.queued.clone());
        registry.register_with_unit(
            "component_call_duration",
            "Length of a call",
            Unit::Seconds,
            m.seconds.clone(),
        );
        registry.register_with_unit(
            "component_cpu",
            "Time spent computing",
            Unit::Seconds,
            m.cpu_seconds.clone(),
        );
        registry.register("component_events_handled", "Events handled", m.messages_handled.clone());
        registry.register("component_events_failed", "Attempts that failed", m.messages_failed.clone());
        registry.register(
            "component_events_duplicate",
            "Redelivered events that had no second effect",
            m.duplicate_messages.clone(),
        );
        registry.register(
            "component_requests_duplicate",
            "Repeated requests that got their first answer",
            m.duplicate_requests.clone(),
        );
        metrics
    }

    /// The counters of one component.
    pub fn component(&self, id: &str) -> Arc<Statistics> {
        let of = Of { component: id.to_owned() };
        let status =
            |status| self.answers.get_or_create_owned(&OfStatus { component: id.to_owned(), status });
        let reason =
            |reason| self.discarded.get_or_create_owned(&OfReason { component: id.to_owned(), reason });
        Arc::new(Statistics {
            answers: [status("2xx"), status("3xx"), status("4xx"), status("5xx"), status("other")],
            discarded_worn: reason("worn"),
            discarded_memory: reason("memory"),
            discarded_failed: reason("failed"),
            discarded_cancelled: reason("cancelled"),
            discarded_idle: reason("idle"),
            refused: self.refused.get_or_create_owned(&of),
            instantiated: self.instantiated.get_or_create_owned(&of),
            in_flight: self.in_flight.get_or_create_owned(&of),
            queued: self.queued.get_or_create_owned(&of),
            seconds: self.seconds.get_or_create_owned(&of),
            cpu_seconds: self.cpu_seconds.get_or_create_owned(&of),
            messages_handled: self.messages_handled.get_or_create_owned(&of),
            messages_failed: self.messages_failed.get_or_create_owned(&of),
            duplicate_messages: self.duplicate_messages.get_or_create_owned(&of),
            duplicate_requests: self.duplicate_requests.get_or_create_owned(&of),
        })
    }
}

/// The counters of one component.
#[derive(Debug)]
pub struct Statistics {
    answers: [Counter; 5],
    pub(crate) discarded_worn: Counter,
    pub(crate) discarded_memory: Counter,
    pub(crate) discarded_failed: Counter,
    pub(crate) discarded_cancelled: Counter,
    pub(crate) discarded_idle: Counter,
    pub(crate) refused: Counter,
    pub(crate) instantiated: Counter,
    pub(crate) in_flight: Gauge,
    pub(crate) queued: Gauge,
    pub(crate) seconds: Histogram,
    pub(crate) cpu_seconds: Counter<f64, std::sync::atomic::AtomicU64>,
    pub(crate) messages_handled: Counter,
    pub(crate) messages_failed: Counter,
    pub(crate) duplicate_messages: Counter,
    pub(crate) duplicate_requests: Counter,
}

impl Statistics {
    pub(crate) fn count_answer(&self, status: http::StatusCode) {
        let [success, redirection, client, server, other] = &self.answers;
        match status.as_u16() {
            200..=299 => success.inc(),
            300..=399 => redirection.inc(),
            400..=499 => client.inc(),
            500..=599 => server.inc(),
            _ => other.inc(),
        };
    }
}
