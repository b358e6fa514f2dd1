//! What an operator chooses.

use std::time::Duration;

use lyceum_clock::WallClock;

/// What one host keeps.
#[derive(Clone, Debug)]
pub struct Options {
    /// Streams and long polls open at once; more are refused.
    pub streams: usize,
    /// Of these, those of one caller.
    pub of_one_caller: usize,
    /// How long one may last. Then the client comes again, and its rights are looked at anew.
    pub longest: Duration,
    /// How often something is sent where nothing happens, unless the service says otherwise.
    pub keep_alive: Duration,
    /// How long messages are kept for those who come back.
    pub memory: Duration,
    /// How many bytes of each service's messages are kept at most.
    pub memory_bytes: usize,
    /// How many messages may wait for one reader before it is cut off.
    pub queue: usize,
    /// What the services mean by the time until which a stream may last.
    pub clock: WallClock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            streams: 5_000,
            of_one_caller: 20,
            longest: Duration::from_hours(1),
            keep_alive: Duration::from_secs(20),
            memory: Duration::from_mins(2),
            memory_bytes: 4 << 20,
            queue: 256,
            clock: WallClock::of_the_machine(),
        }
    }
}
