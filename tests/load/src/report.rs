//! What is printed.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::worker::Tally;

/// The figures of one run, without its warm-up.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// `closed` or `open`.
    mode: &'static str,
    connections: u32,
    /// The intended rate of an open loop.
    rate: Option<u32>,
    seconds: f64,
    /// Requests answered.
    requests: u64,
    requests_per_second: f64,
    /// Microseconds from the (intended) start of a request to the end of its response.
    latency_us: Latency,
    /// Answers by status.
    statuses: BTreeMap<u16, u64>,
    /// Requests without an answer, those of the warm-up among them.
    failures: u64,
    first_failure: Option<String>,
    /// Bytes of a response, head and body, on average.
    response_bytes: f64,
    /// CPU time of the given processes per request; null when none were given.
    server_cpu_us_per_request: Option<f64>,
    /// CPU time of this client per request.
    client_cpu_us_per_request: f64,
}

#[derive(Debug, Serialize)]
struct Latency {
    mean: f64,
    p50: u64,
    p90: u64,
    p95: u64,
    p99: u64,
    max: u64,
}

/// What was measured besides the answers.
pub(crate) struct Measured {
    pub(crate) length: Duration,
    /// CPU time of the given processes, if any were given.
    pub(crate) server: Option<Duration>,
    pub(crate) client: Duration,
}

impl Report {
    pub(crate) fn new(connections: u32, rate: Option<u32>, tally: Tally, measured: &Measured) -> Self {
        let requests = tally.latency.len();
        let each = |total: f64| if requests == 0 { 0.0 } else { total / approximate(requests) };
        let each_us = |time: Duration| each(time.as_secs_f64() * 1e6);
        let seconds = measured.length.as_secs_f64();
        Self {
            mode: if rate.is_some() { "open" } else { "closed" },
            connections,
            rate,
            seconds,
            requests,
            requests_per_second: if seconds > 0.0 { approximate(requests) / seconds } else { 0.0 },
            latency_us: Latency::of(&tally.latency),
            statuses: tally.statuses,
            failures: tally.failures,
            first_failure: tally.first_failure,
            response_bytes: each(approximate(tally.bytes)),
            server_cpu_us_per_request: measured.server.map(each_us),
            client_cpu_us_per_request: each_us(measured.client),
        }
    }

    /// Whether there were answers, and all with this status.
    pub(crate) fn is_as_expected(&self, status: u16) -> bool {
        self.failures == 0 && self.requests > 0 && self.statuses.keys().all(|seen| *seen == status)
    }
}

impl Latency {
    fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile);
        Self {
            mean: histogram.mean(),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            max: histogram.max(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn approximate(count: u64) -> f64 {
    count as f64
}
