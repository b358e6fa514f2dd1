//! Jobs that are done every so often, on ticks.
//!
//! ```
//! use lyceum_kit::{periodic::{Job, every, hours, minutes}, prelude::*};
//!
//! // In the service's declaration: `on: { periodic: JOBS }`.
//! const JOBS: &[Job] = &[every(minutes(5), "overdue", overdue), every(hours(1), "purge", purge)];
//! # fn overdue(_: &WithoutOnce) -> Result<(), EventError> { Ok(()) }
//! # fn purge(_: &WithoutOnce) -> Result<(), EventError> { Ok(()) }
//! ```
//!
//! Subscribe to `lyceum.tick.minute` for jobs of minutes, to `lyceum.tick.hour`
//! for those of whole hours. A job must bear being run more often than asked for:
//! all of them run when a host starts.

use serde::Deserialize;

use crate::{
    event::{EventError, Received},
    log,
    once::WithoutOnce,
};

const MINUTE_TICK: &str = "lyceum.tick.minute";
const HOUR_TICK: &str = "lyceum.tick.hour";

/// How often.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Period {
    /// At every minute whose number since 1970 is a multiple.
    Minutes(u32),
    /// At every hour whose number since 1970 is a multiple.
    Hours(u32),
}

/// So many minutes; 0 counts as 1.
pub const fn minutes(count: u32) -> Period {
    Period::Minutes(count)
}

/// So many hours; 0 counts as 1.
pub const fn hours(count: u32) -> Period {
    Period::Hours(count)
}

/// What is done. Each write is a transaction of its own, made by what is given.
pub type Run = fn(&WithoutOnce) -> Result<(), EventError>;

/// Work that is done every so often.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    period: Period,
    name: &'static str,
    run: Run,
}

/// A job by this name, which appears in logs.
pub const fn every(period: Period, name: &'static str, run: Run) -> Job {
    Job { period, name, run }
}

#[derive(Deserialize)]
struct Tick {
    minute: Option<i64>,
    hour: Option<i64>,
    /// The last tick that was handled; none after a start.
    previous: Option<i64>,
}

impl Job {
    /// Whether its time came between the last tick that was handled and this one.
    fn is_due(&self, tick: &Tick) -> bool {
        let (number, every) = match self.period {
            Period::Minutes(every) => (tick.minute, every),
            Period::Hours(every) => (tick.hour, every),
        };
        let every = i64::from(every.max(1));
        let turn = |number: i64| number.div_euclid(every);
        number.is_some_and(|number| tick.previous.is_none_or(|previous| turn(previous) < turn(number)))
    }
}

/// The ticks that these jobs need.
pub(crate) fn ticks(jobs: &'static [Job]) -> impl Iterator<Item = &'static str> {
    let needs = |tick: &str| {
        jobs.iter().any(|job| match job.period {
            Period::Minutes(_) => tick == MINUTE_TICK,
            Period::Hours(_) => tick == HOUR_TICK,
        })
    };
    [MINUTE_TICK, HOUR_TICK].into_iter().filter(move |tick| needs(tick))
}

/// Runs those of the jobs that are due.
///
/// One that fails keeps no other from running, and is run again when it is next
/// due. Only if all that were due failed is the tick not handled, so that they
/// are run again soon; those that succeeded are never repeated.
pub(crate) fn run(received: &Received, jobs: &[Job]) -> Result<(), EventError> {
    let tick: Tick = match received.kind.as_str() {
        MINUTE_TICK | HOUR_TICK => received.decode()?,
        _ => return Err(received.unknown()),
    };
    let by = received.without_once();
    let due: Vec<_> = jobs.iter().filter(|job| job.is_due(&tick)).collect();
    let mut failed = Vec::new();
    for job in &due {
        if let Err(error) = (job.run)(&by) {
            log::warn(format!("the job {} failed: {error}", job.name));
            failed.push((job.name, error));
        }
    }
    if failed.is_empty() || failed.len() < due.len() {
        return Ok(());
    }
    let is_outage = failed.iter().any(|(_, error)| matches!(error, EventError::Unavailable(_)));
    let reasons: Vec<_> = failed.into_iter().map(|(name, error)| format!("{name}: {error}")).collect();
    let reason = format!("all that was due failed: {}", reasons.join("; "));
    Err(if is_outage { EventError::Unavailable(reason) } else { EventError::Failed(reason) })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static RUN: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    fn note(name: &'static str) {
        RUN.with_borrow_mut(|run| run.push(name));
    }

    #[allow(clippy::unnecessary_wraps, reason = "it is a job")]
    fn works(_: &WithoutOnce) -> Result<(), EventError> {
        note("works");
        Ok(())
    }

    fn fails(_: &WithoutOnce) -> Result<(), EventError> {
        note("fails");
        Err(EventError::failed("no"))
    }

    fn lacks(_: &WithoutOnce) -> Result<(), EventError> {
        note("lacks");
        Err(EventError::unavailable("the database is down"))
    }

    fn tick(data: &str) -> Received {
        let unit = if data.contains("hour") { "hour" } else { "minute" };
        let body =
            format!(r#"{{"id":"t","type":"lyceum.tick.{unit}","source":"/platform/ticks","data":{data}}}"#);
        Received::parse("users", body.as_bytes()).unwrap()
    }

    fn ran(data: &str, jobs: &[Job]) -> (Vec<&'static str>, Result<(), EventError>) {
        RUN.take();
        let result = run(&tick(data), jobs);
        (RUN.take(), result)
    }

    #[test]
    fn a_job_runs_when_its_time_came_since_the_last_tick() {
        let jobs = [every(minutes(5), "works", works)];
        for (data, runs) in [
            (r#"{"minute":10}"#, true),
            (r#"{"minute":10,"previous":9}"#, true),
            (r#"{"minute":11,"previous":10}"#, false),
            (r#"{"minute":19,"previous":11}"#, true),
            (r#"{"hour":10}"#, false),
        ] {
            assert_eq!(!ran(data, &jobs).0.is_empty(), runs, "{data}");
        }
        assert_eq!(ran(r#"{"hour":4,"previous":3}"#, &[every(hours(2), "works", works)]).0, ["works"]);
        assert_eq!(ran(r#"{"hour":5,"previous":4}"#, &[every(hours(2), "works", works)]).0, [""; 0]);
    }

    #[test]
    fn a_job_that_fails_keeps_no_other_from_running_and_repeats_none() {
        let jobs = [
            every(minutes(1), "fails", fails),
            every(minutes(1), "lacks", lacks),
            every(minutes(1), "works", works),
        ];
        assert_eq!(ran(r#"{"minute":10}"#, &jobs), (vec!["fails", "lacks", "works"], Ok(())));
    }

    #[test]
    fn a_tick_of_which_nothing_succeeded_is_not_handled() {
        let failing = [every(minutes(1), "fails", fails)];
        assert!(matches!(ran(r#"{"minute":10}"#, &failing).1, Err(EventError::Failed(_))));
        let lacking = [every(minutes(1), "fails", fails), every(minutes(1), "lacks", lacks)];
        assert!(matches!(ran(r#"{"minute":10}"#, &lacking).1, Err(EventError::Unavailable(_))));
    }
}
