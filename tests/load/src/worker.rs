//! One connection's thread: send, receive, note.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

use crate::connection::Connection;
use crate::schedule::Schedule;
use crate::template::Template;

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

/// Sends requests until the schedule ends. Those that end before `measure_from` are not counted.
pub(crate) fn work(
    schedule: &Schedule,
    template: &Template,
    mut connection: Connection,
    measure_from: Instant,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::new()?;
    let mut request = Vec::new();
    while let Some(intended) = schedule.next() {
        template.write(&mut request);
        let result = connection.exchange(&request);
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
