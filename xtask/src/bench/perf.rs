//! Where a process's time goes, by Linux's `perf`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Samples a second; not a round number, so that it beats with no other clock.
const FREQUENCY: &str = "499";
/// Functions that are named.
const FUNCTIONS: usize = 25;

/// Shares of the samples, in percent, greatest first.
pub(super) struct Profile {
    /// By program, library or kernel.
    pub(super) objects: Vec<(f64, String)>,
    /// By function.
    pub(super) functions: Vec<(f64, String)>,
}

/// Watches the process for so long; `None`, and a word about it, where that can't be done.
pub(super) fn record(pid: u32, length: Duration, file: &Path) -> Option<Profile> {
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "-F", FREQUENCY, "-p", &pid.to_string(), "-o"]).arg(file);
    command.args(["--", "sleep", &length.as_secs().to_string()]);
    let recorded = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    match recorded {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            eprintln!("perf can't watch here: {}", String::from_utf8_lossy(&output.stderr).trim());
            return None;
        }
        Err(error) => {
            eprintln!("perf is not there ({error}); Debian's package is linux-perf");
            return None;
        }
    }
    Some(Profile { objects: shares(file, "dso")?, functions: shares(file, "symbol")? })
}

fn shares(file: &Path, by: &str) -> Option<Vec<(f64, String)>> {
    let mut command = Command::new("perf");
    command.args(["report", "--stdio", "--quiet", "--no-children", "--no-inline", "--sort", by, "-i"]);
    let output = command.arg(file).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    Some(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines such as `  12.34%  [k] name`.
fn parse(text: &str) -> Vec<(f64, String)> {
    let lines = text.lines().filter_map(|line| {
        let (share, name) = line.trim().split_once('%')?;
        Some((share.parse().ok()?, name.trim().to_owned()))
    });
    lines.take(FUNCTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn comments_are_left_out() {
        let text = "# Samples: 7\n\n    41.20%  lyceum            \n     3.00%  [kernel.kallsyms]\n";
        assert_eq!(parse(text), [(41.2, "lyceum".to_owned()), (3.0, "[kernel.kallsyms]".to_owned())]);
    }
}
