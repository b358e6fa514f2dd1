//! What one call of a component may use, and how many calls run at once.

use std::time::Duration;

/// A component's limits. Every one is enforced by the host; a guest can't raise it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of one instance, in bytes.
    pub memory: usize,
    /// Memory past which an instance is not used again, in bytes.
    pub memory_mark: usize,
    /// Time one call may spend computing.
    pub cpu: Duration,
    /// Time one call may last, waiting included.
    pub wall_clock: Duration,
    /// Bytes of a request's body.
    pub request_body: u64,
    /// Bytes of a response's body.
    pub response_body: u64,
    /// Requests in progress at once.
    pub concurrency: usize,
    /// Events in progress at once, with permits of their own, so that they can't starve requests.
    pub message_concurrency: usize,
    /// Requests that may wait for a permit; past it they are refused at once.
    pub queue: usize,
    /// Calls one instance serves, one after another, before it is thrown away. At least 1.
    pub reuse: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            memory_mark: 32 << 20,
            cpu: Duration::from_secs(1),
            wall_clock: Duration::from_secs(10),
            request_body: 1 << 20,
            response_body: 16 << 20,
            concurrency: 64,
            message_concurrency: 8,
            queue: 1024,
            reuse: 1,
        }
    }
}
