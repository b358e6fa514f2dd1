//! What commands print on standard output.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};

/// Prints a line. Who stops reading, as `head` does, has seen enough: that is no mistake.
///
/// # Errors
/// If it can't be written for another reason, as on a full disk.
pub(crate) fn show(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("print"),
    }
}
