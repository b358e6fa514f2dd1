//! A change that is made anew for the state in which somebody else left what it changes.
//!
//! A handler reads rows, decides, and commits a transaction that misses its rows if one of them was changed since it was
//! read. Where the client named the state that it means, by `If-Match`, that is its answer: 412. Who names none means the
//! state that there is now; so it is read and decided again:
//!
//! ```
//! use lyceum_kit::{again::again, prelude::*};
//! # fn read() -> Result<i64, Problem> { Ok(1) }
//! # fn write(version: i64) -> Result<(), Problem> { Ok(()) }
//! # fn handler() -> Result<(), Problem> {
//! again(|| {
//!     let version = read()?;
//!     // ..execute(..).expect_rows(1).on_missing(Problem::changed_meanwhile)..commit()
//!     write(version)
//! })
//! # }
//! # assert!(handler().is_ok());
//! ```

use crate::problem::{CHANGED_MEANWHILE, Problem};

/// How often it is attempted: those that change the same at the same time are few, and one of them gets through each time.
pub const ATTEMPTS: usize = 8;

/// Attempts it, again whenever it ends with [`Problem::changed_meanwhile`], eight times at most; the last one's result is
/// returned, whatever it is, and any other at once. Each attempt must read anew what it decides by, and commits at most one
/// transaction: one that missed its rows has committed nothing. What is costly and depends on no row, such as the hash
/// of a password, belongs before it.
pub fn again<T>(mut attempt: impl FnMut() -> Result<T, Problem>) -> Result<T, Problem> {
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(problem) if problem.code() == CHANGED_MEANWHILE => {}
            done => return done,
        }
    }
    attempt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(until: usize, result: impl Fn() -> Result<u8, Problem>) -> (usize, Result<u8, Problem>) {
        let mut made = 0;
        let last = again(|| {
            made += 1;
            if made < until { Err(Problem::changed_meanwhile()) } else { result() }
        });
        (made, last)
    }

    #[test]
    fn what_was_changed_meanwhile_is_attempted_again_until_it_is_done() {
        assert!(matches!(attempts(1, || Ok(7)), (1, Ok(7))));
        assert!(matches!(attempts(ATTEMPTS, || Ok(7)), (ATTEMPTS, Ok(7))));
    }

    #[test]
    fn any_other_problem_is_told_at_once() {
        let (made, result) = attempts(2, || Err(Problem::precondition_failed()));
        assert_eq!((made, result.unwrap_err().status().as_u16()), (2, 412));
    }

    #[test]
    fn after_eight_attempts_the_last_one_says_that_it_was_changed() {
        let (made, result) = attempts(usize::MAX, || Ok(7));
        let problem = result.unwrap_err();
        assert_eq!((made, problem.status().as_u16(), problem.code()), (8, 409, "CHANGED_MEANWHILE"));
    }
}
