//! The event log, consumers' progress and dead letters as lines of JSON, the same for every bus.

mod read;
mod record;
mod write;

pub(crate) use read::restore;
pub(crate) use write::{Standing, copy};

/// The files in a backup.
const EVENTS: &str = "events/log.jsonl";
const PROGRESS: &str = "events/progress.jsonl";
const LETTERS: &str = "events/dead-letters.jsonl";

/// Events handled at once.
const SOME: usize = 500;
