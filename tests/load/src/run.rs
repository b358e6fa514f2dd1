//! One run: warm up, measure, report.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use crate::arguments::Arguments;
use crate::connection::Connection;
use crate::processor_time;
use crate::report::{Measured, Report};
use crate::schedule::Schedule;
use crate::template::Template;
use crate::values::Values;
use crate::worker::{self, Tally};

/// Workers need little, and there may be thousands.
const STACK: usize = 256 * 1024;

/// Runs as the command line says.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let address = arguments.address()?;
    let template = Template::new(arguments);
    let values = Values::read(arguments.values.as_deref())?;
    let start = Instant::now();
    let measure_from = start + arguments.warm_up;
    let length = arguments.warm_up + arguments.duration;
    let schedule = Schedule::new(start, length, arguments.rate, arguments.requests);
    thread::scope(|scope| {
        // Nothing is ever sent: the receiver learns that the last worker has ended.
        let (working, all_ended) = mpsc::channel::<()>();
        let mut workers = Vec::new();
        for number in 0..arguments.connections {
            let (schedule, template, values) = (&schedule, &template, &values);
            let working = working.clone();
            let connection = Connection::new(address, arguments.timeout);
            let worker = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || {
                    let tally = worker::work(schedule, template, values, connection, measure_from);
                    drop(working);
                    tally
                })
                .with_context(|| format!("start worker {number}"))?;
            workers.push(worker);
        }
        drop(working);
        wait(&all_ended, arguments.warm_up);
        let before = Sample::take(&arguments.pids)?;
        wait(&all_ended, (start + length).saturating_duration_since(Instant::now()));
        // Requests in flight at the end are answered and counted, so they belong to the time as well.
        wait(&all_ended, arguments.timeout + Duration::from_secs(1));
        let measured = before.until_now(&arguments.pids)?;
        let mut tally = Tally::new()?;
        for worker in workers {
            tally.add(worker.join().map_err(|_| anyhow!("a worker broke"))??)?;
        }
        let rate = arguments.rate.map(std::num::NonZeroU32::get);
        Ok(Report::new(arguments.connections, rate, tally, &measured))
    })
}

/// Waits so long, or until all workers have ended.
fn wait(all_ended: &mpsc::Receiver<()>, at_most: Duration) {
    // Both of its errors, over time and all senders gone, are what is waited for.
    let _ = all_ended.recv_timeout(at_most);
}

/// The clocks at one moment.
struct Sample {
    at: Instant,
    server: Duration,
    client: Duration,
}

impl Sample {
    fn take(pids: &[u32]) -> anyhow::Result<Self> {
        let server = processor_time::of(pids)?;
        Ok(Self { at: Instant::now(), server, client: processor_time::of(&[std::process::id()])? })
    }

    fn until_now(&self, pids: &[u32]) -> anyhow::Result<Measured> {
        let now = Self::take(pids)?;
        Ok(Measured {
            length: now.at - self.at,
            server: (!pids.is_empty()).then(|| now.server.saturating_sub(self.server)),
            client: now.client.saturating_sub(self.client),
        })
    }
}
