//! What an operator may set.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Publishes;
use crate::postgres::Servers;

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a call may ask for.
    pub limits: Limits,
    /// Where the time comes from that is stored in events and compared with the expiry of keys.
    pub clock: Clock,
    /// Connections that read on SQLite; at least 1.
    pub connections: usize,
    /// The connections to PostgreSQL servers. Databases that are opened with the same ones share them.
    pub servers: Servers,
    /// Transactions that may wait for the SQLite writer before callers are held back; at least 1.
    pub queue: usize,
    /// How large the SQLite file may grow, in bytes; past it a write gets `storage-full`.
    pub maximum_bytes: Option<u64>,
    /// Whether migrating makes the PostgreSQL database if the server lacks it.
    pub create_database: bool,
    /// Which SQL is taken.
    pub dialect: Dialect,
    /// Which kinds of event may be published; any, if not said.
    pub publishes: Publishes,
    /// How long the SQLite outbox's relay waits for one step, reading or deleting, before it tries again. What it gave up
    /// may still be done later. Default 10 s.
    pub relay_patience: Duration,
}

/// Which SQL a database takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Portable SQL that keeps to the service's own tables. Everything that a guest wrote must be this.
    #[default]
    Portable,
    /// Whatever the database understands. For crates that write their own SQL for one kind of database; never for a
    /// text that a guest had a hand in.
    Native,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            clock: Clock::system(),
            connections: 4,
            servers: Servers::default(),
            queue: 1024,
            maximum_bytes: None,
            create_database: false,
            dialect: Dialect::Portable,
            publishes: Publishes::anything(),
            relay_patience: Duration::from_secs(10),
        }
    }
}

/// What a call may ask for; past any of them it gets `too-large`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements of one call.
    pub statements: usize,
    /// Bytes of one statement's text.
    pub text_bytes: usize,
    /// Parameters of one statement.
    pub params: usize,
    /// Bytes of all parameters and events of one call.
    pub request_bytes: usize,
    /// Events of one transaction.
    pub events: usize,
    /// Rows that one call returns, over all its statements.
    pub rows: usize,
    /// Bytes that one call returns, over all its statements.
    pub result_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statements: 256,
            text_bytes: 64 * 1024,
            params: 1000,
            request_bytes: 8 * 1024 * 1024,
            events: 256,
            rows: 10_000,
            result_bytes: 8 * 1024 * 1024,
        }
    }
}

/// Tells the time of day.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(SystemTime::now)
    }

    /// Any other source of time.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Microseconds since 1970-01-01T00:00:00Z; 0 before it.
    pub fn micros(&self) -> i64 {
        let since = (self.0)().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
