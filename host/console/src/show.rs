//! What commands answer on standard output, and what they remark on standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// A line could not be written, as on a full disk.
#[derive(Debug, thiserror::Error)]
#[error("print")]
pub struct NotShown(#[source] io::Error);

/// Prints a line. Who stops reading, as `head` does, has seen enough: that is no mistake.
///
/// # Errors
/// If it can't be written for another reason.
pub fn show(line: impl Display) -> Result<(), NotShown> {
    write(&mut io::stdout(), line)
}

/// Prints a line on standard error. If nobody can read it, there is nobody to tell.
pub fn remark(line: impl Display) {
    drop(write(&mut io::stderr(), line));
}

fn write(to: &mut impl Write, line: impl Display) -> Result<(), NotShown> {
    match writeln!(to, "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(NotShown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes nothing.
    struct Refusing(ErrorKind);

    impl Write for Refusing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_written_whole() {
        let mut written = Vec::new();
        write(&mut written, format_args!("{} of {}", 1, 2)).unwrap();
        assert_eq!(written, b"1 of 2\n");
    }

    #[test]
    fn a_closed_standard_output_is_no_error() {
        write(&mut Refusing(ErrorKind::BrokenPipe), "line").unwrap();
    }

    #[test]
    fn a_full_disk_is_told() {
        let error = write(&mut Refusing(ErrorKind::StorageFull), "line").unwrap_err();
        assert_eq!(error.to_string(), "print");
    }
}
