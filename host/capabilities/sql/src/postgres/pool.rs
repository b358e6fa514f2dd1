//! A service's way to connections, and what becomes of one whose state is not known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{timeout, timeout_at};

use super::address::Address;
use super::connection::Connection;
use super::connector::Connector;
use super::error::Failure;
use super::relay::Relays;
use super::servers::{Reached, Servers};
use crate::Error;

/// How long a connection is kept for a commit that nobody waits for any more. A server that is gone is
/// noticed by the connection's keep-alive long before.
const COMMIT_PATIENCE: Duration = Duration::from_mins(10);

/// The connections of a service: its share of those that the process has to the server.
pub(super) struct Pool {
    schema: Arc<str>,
    database: Arc<Reached>,
    /// One for each connection that the service may have in use.
    share: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(url: &str, service: &str, servers: &Servers) -> Result<Self, Error> {
        let address = Address::parse(url, service, &settings(service)?)?;
        let database = Arc::new(servers.reach(url, address)?);
        let share = Arc::new(Semaphore::new(database.server.share()));
        Ok(Self { schema: service.into(), database, share })
    }

    /// A connection that serves the service's schema, waiting for a free one until the deadline.
    pub(super) async fn lease(&self, deadline: Instant) -> Result<Lease, Failure> {
        timeout_at(deadline.into(), self.connection()).await.unwrap_or_else(|_| Err(Error::Timeout.into()))
    }

    async fn connection(&self) -> Result<Lease, Failure> {
        let Reached { url, connector, server, .. } = &*self.database;
        let places = [place(&self.share).await?, place(&server.places).await?];
        let connection = loop {
            let Some(mut idle) = server.take(url, &self.schema) else {
                // A server that refuses connections won't take the next one either.
                let opened =
                    connector.open().await.map_err(|refused| Error::Unavailable(refused.to_string()))?;
                break Connection::new(opened, url, &self.schema);
            };
            match idle.serve(&self.schema).await {
                Ok(()) => break idle,
                // It broke while nobody used it.
                Err(error) => tracing::debug!(%error, "a connection can't be used any more"),
            }
        };
        Ok(Lease {
            connection: Some(connection),
            places: Some(places),
            is_committing: AtomicBool::new(false),
            database: Arc::clone(&self.database),
        })
    }

    /// How to open a connection beside the pool.
    pub(super) fn connector(&self) -> &Connector {
        &self.database.connector
    }

    /// The sessions that the relays of the database share.
    pub(super) fn relays(&self) -> &Relays {
        &self.database.relays
    }

    /// Closes connections that nobody has used for a while.
    pub(super) fn trim(&self) {
        self.database.server.trim();
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").field("schema", &self.schema).finish_non_exhaustive()
    }
}

async fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(places).acquire_owned().await.map_err(|closed| Error::Unavailable(closed.to_string()))
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
    connection: Option<Connection>,
    /// The service's and the server's.
    places: Option<[OwnedSemaphorePermit; 2]>,
    is_committing: AtomicBool,
    database: Arc<Reached>,
}

impl Lease {
    /// The connection is in no transaction, and may serve the next one.
    pub(super) fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.database.server.put(connection);
        }
    }

    pub(super) fn client(&self) -> Result<&Connection, Failure> {
        self.connection.as_ref().ok_or_else(|| Failure::Lost("the connection was given back".into()))
    }

    /// From now on a commit may be on its way, which nothing here may cancel: a server that waits for its
    /// standby would then show a transaction that the standby does not have.
    pub(super) fn begin_commit(&self) {
        self.is_committing.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_committing(&self) -> bool {
        self.is_committing.load(Ordering::Relaxed)
    }

    /// The connection is gone, and those that were opened before may be no better.
    pub(super) fn lost(self) {
        self.database.server.forget(&self.database.url);
    }

    /// Ends the transaction that is open, if the connection still answers.
    pub(super) async fn roll_back(mut self) {
        let rolled_back = match self.connection.as_ref() {
            Some(connection) => timeout(Duration::from_secs(2), connection.batch_execute("ROLLBACK")).await,
            None => return,
        };
        if matches!(rolled_back, Ok(Ok(())))
            && let Some(connection) = self.connection.take()
        {
            // Whatever was committing has its answer.
            self.database.server.put(connection);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let database = Arc::clone(&self.database);
        if self.is_committing() {
            // Some make room for others in the pool. The rest keep their places, so that commits which wait
            // for a standby don't pile up on the server.
            if let Ok(permit) = Arc::clone(&database.server.lingering).try_acquire_owned() {
                runtime.spawn(async move {
                    let _permit = permit;
                    timeout(COMMIT_PATIENCE, connection.batch_execute("ROLLBACK")).await
                });
                return;
            }
            let places = self.places.take();
            runtime.spawn(async move {
                let ended = timeout(COMMIT_PATIENCE, connection.batch_execute("ROLLBACK")).await;
                if matches!(ended, Ok(Ok(()))) {
                    database.server.put(connection);
                }
                drop(places);
            });
            return;
        }
        let cancel = connection.cancel_token();
        drop(connection);
        // What runs ends sooner; if that fails, the server's own time limit ends it.
        runtime
            .spawn(timeout(Duration::from_secs(5), async move { database.connector.cancel(cancel).await }));
    }
}
