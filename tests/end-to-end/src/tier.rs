//! How thorough a run is.

/// Set by `cargo xtask test --tier` as `LYCEUM_TEST_TIER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Minutes: once through everything.
    Fast,
    /// A few rounds of every fault. The default.
    Full,
    /// Many rounds, run by hand.
    Soak,
}

impl Tier {
    /// The tier of this run.
    pub fn current() -> Self {
        match std::env::var("LYCEUM_TEST_TIER").as_deref() {
            Ok("fast") => Self::Fast,
            Ok("soak") => Self::Soak,
            _ => Self::Full,
        }
    }
}
