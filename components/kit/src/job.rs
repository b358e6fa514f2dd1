//! Jobs: long work on many rows, which goes on where it was when the process dies.
//!
//! An [`Import`] takes a file of rows, an [`Export`] writes what a list shows to a file. A request begins one in its own
//! transaction ([`Import::start`], [`Export::start`]) and is answered 202 with the job's `Location`. Each part is one
//! transaction, with the move of the job's row: nothing is lost or done twice. The work is driven by an event of the
//! service's own, `lyceum.<service>.JobContinued.v1` ([`on_continued`]), which is delivered again until it is handled;
//! and by the tick, which takes up what no event drives any more ([`run_due`]).
//!
//! A row that is wrong stops no other: it is counted, and of the first [`MAX_ERRORS`] the reasons are kept. A dry run does
//! everything but commit the rows: it finds what the rules and the tables refuse, except for rows of one file that are in
//! each other's way.

mod export;
mod file;
mod import;
mod record;
mod routes;
mod start;
mod work;

pub use export::Export;
pub use file::{Exported, exported, result};
pub use import::{Import, RowWrites};
pub use record::State;
pub use routes::{JobView, RowError, routes};
pub use start::Started;
pub use work::{Kind, on_continued, run_due};

/// The migration that makes the tables of jobs: `migrations: ["0001-books", "0002-jobs" = lyceum_kit::job::JOBS]`.
pub const JOBS: &str = include_str!("../migrations/jobs.sql");

/// How many reasons of rows that failed are kept; all are counted.
pub const MAX_ERRORS: i64 = 1000;
