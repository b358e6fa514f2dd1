//! Connections, and what becomes of one whose state is not known.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use deadpool_postgres::ClientWrapper;
use tokio::sync::Semaphore;
use tokio::time::{timeout, timeout_at};

use super::address::Address;
use super::connector::{Connector, Refused, drive};
use super::error::Failure;
use crate::Error;

/// Prepared statements a connection keeps.
const STATEMENTS: usize = 512;
/// How long a connection is kept for a commit that nobody waits for any more. A server that is gone is
/// noticed by the connection's keep-alive long before.
const COMMIT_PATIENCE: Duration = Duration::from_mins(10);

/// A bounded number of connections to a service's schema.
pub(super) struct Pool {
    connections: managed::Pool<Manager>,
    connector: Arc<Connector>,
    lingering: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(url: &str, service: &str, connections: usize) -> Result<Self, Error> {
        let connector = Arc::new(Connector::new(Address::parse(url, service, &settings(service)?)?)?);
        let pool = managed::Pool::builder(Manager(Arc::clone(&connector)))
            .max_size(connections.max(1))
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { connections: pool, connector, lingering: Arc::new(Semaphore::new(connections.max(1))) })
    }

    /// A connection, waiting for a free one until the deadline.
    pub(super) async fn lease(&self, deadline: Instant) -> Result<Lease, Failure> {
        match timeout_at(deadline.into(), self.connections.get()).await {
            Ok(Ok(client)) => {
                if client.statement_cache.size() > STATEMENTS {
                    client.statement_cache.clear();
                }
                Ok(Lease {
                    client: Some(client),
                    is_committing: AtomicBool::new(false),
                    connector: Arc::clone(&self.connector),
                    lingering: Arc::clone(&self.lingering),
                })
            }
            // A server that refuses connections won't take the next one either.
            Ok(Err(PoolError::Backend(refused))) => Err(Error::Unavailable(refused.to_string()).into()),
            Ok(Err(error)) => Err(Error::Unavailable(error.to_string()).into()),
            Err(_) => Err(Error::Timeout.into()),
        }
    }

    /// How to open a connection beside the pool.
    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").field("connector", &self.connector).finish_non_exhaustive()
    }
}

/// Makes the pool's connections.
struct Manager(Arc<Connector>);

impl managed::Manager for Manager {
    type Type = ClientWrapper;
    type Error = Refused;

    async fn create(&self) -> Result<ClientWrapper, Refused> {
        let (client, messages) = self.0.open().await?;
        Ok(ClientWrapper::new(client, tokio::spawn(drive(messages))))
    }

    async fn recycle(&self, client: &mut ClientWrapper, _: &Metrics) -> RecycleResult<Refused> {
        if client.is_closed() { Err(RecycleError::message("it was closed")) } else { Ok(()) }
    }
}

/// Settings of every connection. A host that froze in a transaction must not hold its locks for ever, and
/// a host that vanished must not seem to be there.
pub(super) fn settings(service: &str) -> Result<String, Error> {
    let usable = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || "-_".contains(character)
    };
    if service.is_empty() || service.len() > 60 || !service.chars().all(usable) {
        return Err(Error::Invalid(format!("{service:?} can't be the name of a schema")));
    }
    let settings = [
        &format!("search_path=\"{service}\""),
        "statement_timeout=60000",
        "idle_in_transaction_session_timeout=10000",
        "client_min_messages=warning",
        "standard_conforming_strings=on",
        "tcp_keepalives_idle=5",
        "tcp_keepalives_interval=2",
        "tcp_keepalives_count=3",
    ];
    Ok(settings.map(|setting| format!("-c {setting}")).join(" "))
}

/// A connection in use. Unless it is given back it is closed, since something may still run on it: its
/// user stopped waiting, or was dropped.
pub(super) struct Lease {
    client: Option<Object<Manager>>,
    is_committing: AtomicBool,
    connector: Arc<Connector>,
    /// Commits that nobody waits for may take so many connections besides the pool's.
    lingering: Arc<Semaphore>,
}

impl Lease {
    /// The connection is in no transaction, and may serve the next one.
    pub(super) fn give_back(mut self) {
        drop(self.client.take());
    }

    pub(super) fn client(&self) -> Result<&ClientWrapper, Failure> {
        self.client.as_deref().ok_or_else(|| Failure::Lost("the connection was given back".into()))
    }

    /// From now on a commit may be on its way, which nothing here may cancel: a server that waits for its
    /// standby would then show a transaction that the standby does not have.
    pub(super) fn begin_commit(&self) {
        self.is_committing.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_committing(&self) -> bool {
        self.is_committing.load(Ordering::Relaxed)
    }

    /// Ends the transaction that is open, if the connection still answers.
    pub(super) async fn roll_back(mut self) {
        let rolled_back = match self.client.as_ref() {
            Some(client) => timeout(Duration::from_secs(2), client.batch_execute("ROLLBACK")).await,
            None => return,
        };
        if matches!(rolled_back, Ok(Ok(()))) {
            // Whatever was committing has its answer.
            drop(self.client.take());
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.is_committing() {
            // Some make room for others in the pool. The rest keep their places, so that commits which wait
            // for a standby don't pile up on the server.
            if let Ok(permit) = Arc::clone(&self.lingering).try_acquire_owned() {
                let client = Object::take(client);
                runtime.spawn(async move {
                    let _permit = permit;
                    timeout(COMMIT_PATIENCE, client.batch_execute("ROLLBACK")).await
                });
                return;
            }
            runtime.spawn(async move {
                let ended = timeout(COMMIT_PATIENCE, client.batch_execute("ROLLBACK")).await;
                if !matches!(ended, Ok(Ok(()))) {
                    drop(Object::take(client));
                }
            });
            return;
        }
        let cancel = client.deref().cancel_token();
        let connector = Arc::clone(&self.connector);
        drop(Object::take(client));
        // What runs ends sooner; if that fails, the server's own time limit ends it.
        runtime.spawn(timeout(Duration::from_secs(5), async move { connector.cancel(cancel).await }));
    }
}
