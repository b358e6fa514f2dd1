//! Where the time of a run went, so that who adds to it sees what to cut first.

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// As many test programs are named, the slowest first; the others are added up.
const NAMED: usize = 12;
/// Cargo says which program it starts before the program says anything; on another pipe, though.
const PATIENCE: Duration = Duration::from_secs(2);

/// What each part of a run took.
#[derive(Default)]
pub(crate) struct Times {
    steps: Vec<(&'static str, Duration)>,
    programs: Vec<(String, Duration)>,
}

impl Times {
    /// Does one step, and remembers how long it took.
    pub(crate) fn step<T>(&mut self, name: &'static str, step: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = step();
        self.step_took(name, begun.elapsed());
        done
    }

    /// Remembers how long a step took.
    pub(crate) fn step_took(&mut self, name: &'static str, duration: Duration) {
        self.steps.push((name, duration));
    }

    /// Takes over which programs ran elsewhere, and how long they took.
    pub(crate) fn add_programs(&mut self, other: Self) {
        self.programs.extend(other.programs);
    }

    /// The programs of one call of `cargo test`.
    pub(crate) fn programs(&mut self) -> (Started, Programs<'_>) {
        let (sender, names) = channel();
        (Started { sender }, Programs { times: self, names, current: None })
    }
}

/// Reads what cargo writes to standard error.
pub(crate) struct Started {
    sender: Sender<String>,
}

impl Started {
    /// Takes one line, such as `Running tests/suite/main.rs (target/release/deps/suite-a87911c786f0d1e3)`.
    pub(crate) fn line(&self, line: &str) {
        if let Some(program) = line.trim_start().strip_prefix("Running ") {
            let file = program.rsplit(['/', '(']).next().unwrap_or(program);
            let name = file.trim_end_matches(')').rsplit_once('-').map_or(file, |(name, _hash)| name);
            let path = program.split(" (").next().unwrap_or(program).trim_start_matches("unittests ");
            // Nobody asks any more once the run is over.
            self.sender.send(format!("{name} ({path})")).unwrap_or_default();
        }
    }
}

/// Reads what the test programs write to standard output.
pub(crate) struct Programs<'times> {
    times: &'times mut Times,
    names: Receiver<String>,
    current: Option<String>,
}

impl Programs<'_> {
    /// Takes one line.
    pub(crate) fn line(&mut self, line: &str) {
        if line.starts_with("running ") && line.trim_end().ends_with(['t', 's']) {
            self.current = self.names.recv_timeout(PATIENCE).ok();
        }
        let seconds = line
            .split_once("test result: ")
            .and_then(|(_, result)| result.rsplit_once("finished in "))
            .and_then(|(_, time)| time.trim().trim_end_matches('s').parse().ok())
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        if let Some(duration) = seconds {
            let name = self.current.take().unwrap_or_else(|| "(unknown)".to_owned());
            self.times.programs.push((name, duration));
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.steps.iter().map(|(_, duration)| duration).sum();
        write!(f, "where the time went: {} s", total.as_secs())?;
        for (name, duration) in &self.steps {
            write!(f, "\n{:>8} s  {name}", duration.as_secs())?;
        }
        let mut programs: Vec<_> = self.programs.iter().collect();
        programs.sort_by_key(|(_, duration)| std::cmp::Reverse(*duration));
        let (named, others) = programs.split_at(programs.len().min(NAMED));
        for (name, duration) in named {
            write!(f, "\n{:>12} s  {name}", duration.as_secs())?;
        }
        let rest: Duration = others.iter().map(|(_, duration)| duration).sum();
        write!(f, "\n{:>12} s  {} other programs", rest.as_secs(), others.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_named_with_what_they_took_and_the_slowest_come_first() {
        let mut times = Times::default();
        times.step("building", || ());
        let (started, mut programs) = times.programs();
        started.line("     Running unittests src/lib.rs (target/release/deps/lyceum_auth-a7566afe2a005af8)");
        started.line("     Running tests/suite/main.rs (/a/release/deps/suite-a87911c786f0d1e3)");
        for line in [
            "running 36 tests",
            "test result: ok. 36 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.26s",
            "running 1 test",
            "noise test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 221.97s",
        ] {
            programs.line(line);
        }
        let shown = times.to_string();
        let lines: Vec<&str> = shown.lines().map(str::trim).collect();
        assert_eq!(
            lines.get(1..),
            Some(
                [
                    "0 s  building",
                    "221 s  suite (tests/suite/main.rs)",
                    "1 s  lyceum_auth (src/lib.rs)",
                    "0 s  0 other programs"
                ]
                .as_slice()
            ),
            "{shown}"
        );
    }

    #[test]
    fn a_program_that_crashed_takes_no_others_name() {
        let mut times = Times::default();
        let (started, mut programs) = times.programs();
        started.line("Running tests/crashes.rs (target/release/deps/crashes-1)");
        started.line("Running tests/passes.rs (target/release/deps/passes-2)");
        programs.line("running 2 tests");
        programs.line("running 1 test");
        programs.line(
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 3.00s",
        );
        assert_eq!(times.programs, [("passes (tests/passes.rs)".to_owned(), Duration::from_secs(3))]);
    }
}
