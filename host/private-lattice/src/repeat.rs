//! Waiting for what others need time for.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long everything may take to be deployed and to answer.
const PATIENCE: Duration = Duration::from_mins(4);
const PAUSE: Duration = Duration::from_millis(250);

/// Repeats what needs others to be ready, and says in the end why it was in vain.
pub(crate) fn again<T>(what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Ok(done) => return Ok(done),
            Err(error) if Instant::now() >= end => {
                return Err(error).with_context(|| format!("{what} in vain"));
            }
            Err(_) => sleep(PAUSE),
        }
    }
}
