//! From where a consumer gets events again.

use std::time::SystemTime;

/// Where a rewound consumer begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewind {
    /// With the first event that was published at or after this time.
    Since(SystemTime),
    /// With the first event at or after this position of the log; the first event has the position 1.
    From(i64),
}
