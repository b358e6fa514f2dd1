//! Connections, and what becomes of one whose state is not known.

use std::ops::Deref;
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Object, PoolError, RecyclingMethod};
use tokio::time::{timeout, timeout_at};
use tokio_postgres::{Config, NoTls};

use super::error::{Failure, describe};
use crate::Error;

/// Prepared statements a connection keeps.
const STATEMENTS: usize = 512;

/// A bounded number of connections to a service's schema.
#[derive(Debug)]
pub(super) struct Pool {
    pool: deadpool_postgres::Pool,
    config: Config,
}

impl Pool {
    pub(super) fn new(url: &str, service: &str, connections: usize) -> Result<Self, Error> {
        let usable = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || "-_".contains(character)
        };
        if service.is_empty() || service.len() > 60 || !service.chars().all(usable) {
            return Err(Error::Invalid(format!("{service:?} can't be the name of a schema")));
        }
        let mut config: Config = url
            .parse()
            .map_err(|error| Error::Invalid(format!("the database's URL: {}", describe(&error))))?;
        let given = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{given} {}", settings(service)));
        config.application_name(format!("lyceum-{service}"));
        config.connect_timeout(Duration::from_secs(5));
        config.keepalives_idle(Duration::from_secs(5));
        config.keepalives_interval(Duration::from_secs(2));
        config.keepalives_retries(3);
        config.tcp_user_timeout(Duration::from_secs(15));
        let manager = Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(connections.max(1))
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { pool, config })
    }

    /// A connection, waiting for a free one until the deadline.
    pub(super) async fn lease(&self, deadline: Instant) -> Result<Lease, Failure> {
        match timeout_at(deadline.into(), self.pool.get()).await {
            Ok(Ok(client)) => {
                if client.statement_cache.size() > STATEMENTS {
                    client.statement_cache.clear();
                }
                Ok(Lease(Some(client)))
            }
            Ok(Err(PoolError::Backend(error))) => match Failure::from(error) {
                // A server that refuses connections won't take the next one either.
                Failure::Lost(reason) => Err(Error::Unavailable(reason).into()),
                other => Err(other),
            },
            Ok(Err(error)) => Err(Error::Unavailable(error.to_string()).into()),
            Err(_) => Err(Error::Timeout.into()),
        }
    }

    /// How to open a connection beside the pool.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// Settings of every connection. A host that froze in a transaction must not hold its locks for ever, and
/// a host that vanished must not seem to be there.
fn settings(service: &str) -> String {
    [
        &format!("search_path=\"{service}\""),
        "statement_timeout=60000",
        "idle_in_transaction_session_timeout=10000",
        "client_min_messages=warning",
        "standard_conforming_strings=on",
        "tcp_keepalives_idle=5",
        "tcp_keepalives_interval=2",
        "tcp_keepalives_count=3",
    ]
    .map(|setting| format!("-c {setting}"))
    .join(" ")
}

/// A connection in use. Unless it is given back it is closed, since something may still run on it: its
/// user stopped waiting, or was dropped.
pub(super) struct Lease(Option<Object>);

impl Lease {
    /// The connection is in no transaction, and may serve the next one.
    pub(super) fn give_back(mut self) {
        drop(self.0.take());
    }

    pub(super) fn client(&self) -> Result<&Object, Failure> {
        self.0.as_ref().ok_or_else(|| Failure::Lost("the connection was given back".into()))
    }

    /// Ends the transaction that is open, if the connection still answers.
    pub(super) async fn roll_back(self) {
        let rolled_back = match self.0.as_deref() {
            Some(client) => timeout(Duration::from_secs(2), client.batch_execute("ROLLBACK")).await,
            None => return,
        };
        if matches!(rolled_back, Ok(Ok(()))) {
            self.give_back();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(client) = self.0.take() else { return };
        let cancel = client.deref().cancel_token();
        drop(Object::take(client));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // What runs ends sooner; if that fails, the server's own time limit ends it.
            runtime.spawn(timeout(Duration::from_secs(5), async move { cancel.cancel_query(NoTls).await }));
        }
    }
}
