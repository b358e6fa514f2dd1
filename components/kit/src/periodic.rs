//! Periodic work: jobs on ticks, and work on rows, each by itself: what fails holds no other up.

mod jobs;

pub use jobs::{Job, Period, Run, every, hours, minutes};
pub(crate) use jobs::{run, ticks};

use crate::{event::EventError, log};

/// Rows of one batch.
pub const BATCH: u16 = 100;
/// Batches at one go; the rest is left to the next time.
const BATCHES: usize = 20;
/// So many rows in a row, none of which could be worked on since something is not available, are enough.
const OUTAGE: usize = 3;

/// How many rows were worked on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Done.
    pub done: usize,
    /// Failed; each is in the log, and comes again the next time.
    pub failed: usize,
}

/// Works on every row. `next` gives the [`BATCH`] rows after this one, in an order that the work doesn't change, so that
/// a row that fails is passed by; `what` says in the log what was to be done with it. Fails only when nothing could be
/// done since something is not available.
pub fn each<T>(
    what: impl Fn(&T) -> String,
    mut next: impl FnMut(Option<&T>) -> Result<Vec<T>, EventError>,
    mut work: impl FnMut(&T) -> Result<(), EventError>,
) -> Result<Progress, EventError> {
    let mut progress = Progress::default();
    let mut last = None;
    for _ in 0..BATCHES {
        let rows = next(last.as_ref())?;
        let full = rows.len() >= usize::from(BATCH);
        for row in rows {
            match work(&row) {
                Ok(()) => progress.done += 1,
                Err(error) => {
                    progress.failed += 1;
                    log::error(format!("{} failed: {error}", what(&row)));
                    let outage = matches!(error, EventError::Unavailable(_)) && progress.failed >= OUTAGE;
                    if outage && progress.done == 0 {
                        return Err(error);
                    }
                }
            }
            last = Some(row);
        }
        if !full {
            break;
        }
    }
    if progress.failed > 0 {
        log::warn(format!("periodic work: {} rows done, {} failed", progress.done, progress.failed));
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const ROWS: usize = BATCH as usize;

    /// The numbers after this one, up to `end`.
    fn after(end: usize) -> impl Fn(Option<&usize>) -> Result<Vec<usize>, EventError> {
        move |last| Ok((last.map_or(0, |last| last + 1)..end).take(ROWS).collect())
    }

    #[test]
    fn a_row_that_fails_holds_no_other_up() {
        let worked = RefCell::new(Vec::new());
        let progress = each(
            |row| format!("row {row}"),
            after(2 * ROWS + 1),
            |row| {
                worked.borrow_mut().push(*row);
                // More of them than a batch has, and at the front.
                if *row < ROWS + 1 { Err(EventError::failed("a CHECK")) } else { Ok(()) }
            },
        );
        assert_eq!(progress, Ok(Progress { done: ROWS, failed: ROWS + 1 }));
        assert_eq!(worked.into_inner(), (0..=2 * ROWS).collect::<Vec<_>>());
    }

    #[test]
    fn an_outage_ends_the_work_and_costs_no_attempt() {
        let mut tried = 0;
        let result = each(
            |row| format!("row {row}"),
            after(50),
            |_| {
                tried += 1;
                Err(EventError::unavailable("refused"))
            },
        );
        assert_eq!((result, tried), (Err(EventError::unavailable("refused")), OUTAGE));
    }

    #[test]
    fn one_row_that_is_never_available_is_no_outage() {
        let work = |row: &usize| if *row < 2 { Err(EventError::unavailable("refused")) } else { Ok(()) };
        assert_eq!(each(|row| format!("row {row}"), after(50), work), Ok(Progress { done: 48, failed: 2 }));
    }

    #[test]
    fn rows_that_are_never_fewer_end_after_some_batches() {
        let progress = each(|row| format!("row {row}"), |_| Ok(vec![0; ROWS]), |_| Ok(()));
        assert_eq!(progress, Ok(Progress { done: ROWS * BATCHES, failed: 0 }));
    }
}
