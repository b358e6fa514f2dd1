//! One connection's thread: send, receive, note.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;

use crate::connection::Connection;
use crate::response::Response;
use crate::schedule::Schedule;
use crate::template::Template;
use crate::values::Values;

/// The wait after a failure, so that a server that is gone does not turn the client into a busy loop.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// What one worker, or all of them together, saw while measuring.
pub(crate) struct Tally {
    /// Microseconds from the intended start to the last byte.
    pub(crate) latency: Histogram<u64>,
    pub(crate) statuses: BTreeMap<u16, u64>,
    pub(crate) failures: u64,
    /// The first failure, in words.
    pub(crate) first_failure: Option<String>,
    /// Bytes received, heads and bodies.
    pub(crate) bytes: u64,
}

impl Tally {
    /// An empty tally, with latencies to three significant digits.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let latency = Histogram::new(3).context("make a histogram")?;
        Ok(Self { latency, statuses: BTreeMap::new(), failures: 0, first_failure: None, bytes: 0 })
    }

    /// Adds another worker's.
    pub(crate) fn add(&mut self, other: Self) -> anyhow::Result<()> {
        self.latency.add(&other.latency).context("add two histograms")?;
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.failures += other.failures;
        self.first_failure = self.first_failure.take().or(other.first_failure);
        self.bytes += other.bytes;
        Ok(())
    }
}

/// Sends what follows an answer.
fn then(
    answer: &Response,
    template: &Template,
    value: &str,
    connection: &mut Connection,
    request: &mut Vec<u8>,
) -> anyhow::Result<()> {
    // Of a status that isn't expected the tally tells.
    let Some(location) = &answer.location else { return Ok(()) };
    template.write_then(location, value, request);
    let status = connection.exchange(request)?.status;
    ensure!(status == 200, "what was sent then was answered with {status}");
    Ok(())
}

/// Sends requests until the schedule ends. Those that end before `measure_from` are not counted.
pub(crate) fn work(
    schedule: &Schedule,
    template: &Template,
    values: &Values,
    mut connection: Connection,
    measure_from: Instant,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::new()?;
    let mut request = Vec::new();
    while let Some(intended) = schedule.next() {
        let value = values.next();
        template.write(value, &mut request);
        let result = connection.exchange(&request);
        let result = match result {
            Ok(response) if template.has_then() => {
                then(&response, template, value, &mut connection, &mut request).map(|()| response)
            }
            result => result,
        };
        let end = Instant::now();
        match result {
            Ok(_) if end < measure_from => {}
            Ok(response) => {
                let latency = u64::try_from((end - intended).as_micros()).unwrap_or(u64::MAX);
                tally.latency.record(latency).context("note a latency")?;
                *tally.statuses.entry(response.status).or_default() += 1;
                tally.bytes += response.length as u64;
            }
            Err(error) => {
                // A failure counts whenever it happens: a benchmark of errors is none.
                tally.failures += 1;
                tally.first_failure.get_or_insert_with(|| format!("{error:#}"));
                thread::sleep(AFTER_FAILURE);
            }
        }
    }
    Ok(tally)
}
