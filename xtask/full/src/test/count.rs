//! Adds up the results of all test programs.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    /// What didn't come as far as a test.
    pub(crate) fn failure() -> Self {
        Self { passed: 0, failed: 1 }
    }

    /// Takes one line of a test program's output.
    pub(crate) fn line(&mut self, line: &str) {
        // A test that prints without a newline may stand before it on the same line.
        let Some((_, result)) = line.split_once("test result: ") else { return };
        let number = |word: &str| {
            let before = result.split(';').find_map(|part| part.trim().strip_suffix(word))?;
            before.split_whitespace().next_back()?.parse::<u64>().ok()
        };
        if let (Some(passed), Some(failed)) = (number("passed"), number("failed")) {
            self.passed += passed;
            self.failed += failed;
        }
    }

    /// Takes cargo's verdict: a program that crashed or didn't build gave no result of its own.
    pub(crate) fn end(&mut self, success: bool) {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
    }

    /// Whether no test ran.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    /// Whether tests ran and none failed.
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str], success: bool) -> Count {
        let mut count = Count::default();
        for line in lines {
            count.line(line);
        }
        count.end(success);
        count
    }

    #[test]
    fn results_of_several_programs_are_added_up() {
        let count = count(
            &[
                "running 3 tests",
                "test a ... ok",
                "test result: ok. 11 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                "noise test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1s",
            ],
            false,
        );
        assert_eq!(count, Count { passed: 13, failed: 1 });
        assert!(!count.is_good());
        assert_eq!(count.to_string(), "13 passed, 1 failed");
    }

    #[test]
    fn a_crash_counts_as_a_failure() {
        let ok = "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(&[ok], false), Count { passed: 5, failed: 1 });
        assert!(count(&[ok], true).is_good());
    }

    #[test]
    fn nothing_that_ran_is_nothing_good() {
        assert!(!count(&[], true).is_good());
    }
}
