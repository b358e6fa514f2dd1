//! The connections of a process, shared by all that use the same server.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::address::{Address, Trust};
use super::connection::Connection;
use super::connector::Connector;
use super::relay::Relays;
use super::tls::Tls;
use crate::Error;

/// Connections to one server, unless an operator says otherwise.
const CONNECTIONS: usize = 16;
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(30);
/// A connection that served a schema within this time is left to it while others may be opened.
const AFFINITY: Duration = Duration::from_secs(1);

/// Connections to PostgreSQL servers. Databases that are opened with the same ones ([`Clone`]) share them: as many to each
/// server, over all its databases and schemas, as they were made with.
///
/// A service has at most half of a server's at once, and those that wait are served in turn. Besides these there are a
/// quarter more for commits that wait for a standby while nobody waits for them, and one for each database that the
/// relays share.
#[derive(Clone)]
pub struct Servers(Arc<Shared>);

struct Shared {
    connections: usize,
    idle: Duration,
    /// By hosts and role.
    servers: Mutex<HashMap<String, Weak<Server>>>,
    /// By URL.
    relays: Mutex<HashMap<Arc<str>, Weak<Relays>>>,
    /// Reading the system's authorities takes time and memory.
    tls: Mutex<HashMap<Trust, Tls>>,
}

impl Servers {
    /// At most so many connections to each server; at least 1.
    pub fn new(connections: usize) -> Self {
        Self::closing(connections, IDLE)
    }

    /// The same, but none of the present ones, which close a connection that nobody used for `idle`. Default 30 s; it
    /// is looked at every second.
    #[must_use]
    pub fn close_idle_after(self, idle: Duration) -> Self {
        Self::closing(self.0.connections, idle)
    }

    fn closing(connections: usize, idle: Duration) -> Self {
        Self(Arc::new(Shared {
            connections: connections.max(1),
            idle,
            servers: Mutex::default(),
            relays: Mutex::default(),
            tls: Mutex::default(),
        }))
    }

    /// How a service reaches its database, and what it shares with others there.
    pub(super) fn reach(&self, url: &str, address: Address) -> Result<Reached, Error> {
        let key = address.server();
        let tls = self.tls(&address.trust)?;
        let connector = Connector::new(address, tls);
        let server = shared(&self.0.servers, key, || Server::new(self.0.connections, self.0.idle));
        let url: Arc<str> = url.into();
        let relays = shared(&self.0.relays, Arc::clone(&url), Relays::default);
        Ok(Reached { url, connector, server, relays })
    }

    fn tls(&self, trust: &Trust) -> Result<Tls, Error> {
        let mut known = lock(&self.0.tls);
        if let Some(tls) = known.get(trust) {
            return Ok(tls.clone());
        }
        let tls = Tls::new(trust)?;
        known.insert(trust.clone(), tls.clone());
        Ok(tls)
    }
}

impl Default for Servers {
    /// With 16 connections to each server.
    fn default() -> Self {
        Self::new(CONNECTIONS)
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Servers").field("connections", &self.0.connections).finish_non_exhaustive()
    }
}

/// A service's database.
pub(super) struct Reached {
    pub(super) url: Arc<str>,
    pub(super) connector: Connector,
    pub(super) server: Arc<Server>,
    pub(super) relays: Arc<Relays>,
}

/// The connections to one server.
pub(super) struct Server {
    limit: usize,
    close_after: Duration,
    /// One for each connection in use.
    pub(super) places: Arc<Semaphore>,
    /// One for each connection that only waits for the end of a commit.
    pub(super) lingering: Arc<Semaphore>,
    /// Those in no use, the one that rests the longest first. Fewer than there are places free, or as many.
    idle: Mutex<Vec<Connection>>,
}

impl Server {
    fn new(limit: usize, close_after: Duration) -> Self {
        Self {
            limit,
            close_after,
            places: Arc::new(Semaphore::new(limit)),
            lingering: Arc::new(Semaphore::new((limit / 4).max(1))),
            idle: Mutex::default(),
        }
    }

    /// How many connections one service may have in use at once.
    pub(super) fn share(&self) -> usize {
        (self.limit / 2).max(1)
    }

    /// A connection for who has a place: one that served the schema before, or else another one of the database. If
    /// there is none, one may be opened: room for it is made.
    pub(super) fn take(&self, url: &str, schema: &str) -> Option<Connection> {
        let mut idle = lock(&self.idle);
        idle.retain(|connection| !connection.is_closed());
        let free = self.places.available_permits();
        let same = idle.iter().rposition(|connection| connection.is_of(url) && connection.serves(schema));
        let chosen = same.or_else(|| {
            let other = |connection: &Connection| {
                connection.is_of(url) && (idle.len() > free || connection.has_rested() >= AFFINITY)
            };
            idle.iter().position(other)
        });
        if let Some(index) = chosen {
            return Some(idle.remove(index));
        }
        while idle.len() > free {
            idle.remove(0).close();
        }
        None
    }

    /// Takes back a connection that is in no transaction.
    pub(super) fn put(&self, mut connection: Connection) {
        connection.rests();
        lock(&self.idle).push(connection);
    }

    /// Closes what is idle on a database that was lost: what was opened before may lead to a server that serves no more.
    pub(super) fn forget(&self, url: &str) {
        lock(&self.idle).retain(|connection| !connection.is_of(url));
    }

    /// Closes what was idle for long.
    pub(super) fn trim(&self) {
        let mut idle = lock(&self.idle);
        let rested = idle.iter().take_while(|connection| connection.has_rested() >= self.close_after).count();
        idle.drain(..rested).for_each(Connection::close);
    }
}

/// What others have under this key while they have it; or else a new one.
fn shared<K: Eq + Hash, V>(all: &Mutex<HashMap<K, Weak<V>>>, key: K, new: impl FnOnce() -> V) -> Arc<V> {
    let mut all = lock(all);
    all.retain(|_, value| value.strong_count() > 0);
    if let Some(known) = all.get(&key).and_then(Weak::upgrade) {
        return known;
    }
    let value = Arc::new(new());
    all.insert(key, Arc::downgrade(&value));
    value
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
