//! What an instance and a component may use at most.

use std::time::Duration;

/// The limits of one component; `[component.<id>.tool.lyceum] limits = { ... }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of one instance in bytes; 1 MiB to 4 GiB, 64 MiB by default.
    pub memory: u64,
    /// Processor time for one request or message; 1 ms to 5 min, 1 s by default.
    pub cpu: Duration,
    /// Time by the clock for one request or message; 10 ms to 10 min, 10 s by default.
    pub wall_clock: Duration,
    /// Bytes of a request's body; 0 to 1 GiB, 1 MiB by default.
    pub request_body: u64,
    /// Bytes of a response's body; 1 KiB to 1 GiB, 16 MiB by default.
    pub response_body: u64,
    /// Requests at work at once; 1 to 1,024, 64 by default.
    pub concurrency: usize,
    /// Requests that may wait for their turn before others are refused; 0 to 65,536, 1,024 by default.
    pub queue: usize,
    /// Messages at work at once, apart from requests; 1 to 256, 8 by default.
    pub message_concurrency: usize,
}

impl Limits {
    /// The largest body that the component reads as a whole, in bytes: what it takes, but a quarter of its memory at
    /// most, since what is made of a body needs room beside it. Larger ones are streamed.
    pub fn collected_body(&self) -> u64 {
        self.request_body.min(self.memory / 4)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            cpu: Duration::from_secs(1),
            wall_clock: Duration::from_secs(10),
            request_body: 1 << 20,
            response_body: 16 << 20,
            concurrency: 64,
            queue: 1024,
            message_concurrency: 8,
        }
    }
}
