//! Opening connections: to whichever of the hosts serves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, FuturesUnordered, poll_fn};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config};

use super::address::Address;
use super::error::{Failure, describe};
use super::tls::Tls;

/// How long it may take until a connection is ready, TLS and the sign-in included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a host is waited for before the next one is tried too: one that hangs must not keep the others out.
const HEAD_START: Duration = Duration::from_millis(500);
/// How long after all hosts they are tried once more, beside what hangs: it may hang for ever.
const AGAIN: Duration = Duration::from_millis(1500);

/// What the server sends besides answers. The connection lives only while this is read.
pub(super) type Messages = BoxStream<'static, AsyncMessage>;

/// Opens connections to one database.
pub(super) struct Connector {
    hosts: Vec<Config>,
    tls: Tls,
    /// The host that served last.
    preferred: AtomicUsize,
}

/// Why no host took a connection.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub(super) struct Refused {
    reason: String,
    /// Whether the server lacks only the database.
    pub(super) is_missing: bool,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Lost(refused.reason)
    }
}

impl Connector {
    pub(super) fn new(address: Address, tls: Tls) -> Self {
        Self { hosts: address.hosts, tls, preferred: AtomicUsize::new(0) }
    }

    /// The same server and role, but another database.
    pub(super) fn beside(&self, database: &str) -> Self {
        let mut hosts = self.hosts.clone();
        for host in &mut hosts {
            host.dbname(database);
        }
        let preferred = AtomicUsize::new(self.preferred.load(Ordering::Relaxed));
        Self { hosts, tls: self.tls.clone(), preferred }
    }

    /// The database's name.
    pub(super) fn database(&self) -> Option<&str> {
        let host = self.hosts.first()?;
        host.get_dbname().or(host.get_user())
    }

    /// The host that served last.
    pub(super) fn host(&self) -> Option<&Config> {
        self.hosts.get(self.preferred.load(Ordering::Relaxed))
    }

    /// A connection to the first host that serves, the one that served last before the others.
    pub(super) async fn open(&self) -> Result<(Client, Messages), Refused> {
        let (first, count) = (self.preferred.load(Ordering::Relaxed), self.hosts.len());
        let end = Instant::now() + TIMEOUT;
        let mut refusals = BTreeMap::new();
        let mut running = FuturesUnordered::new();
        let mut started = 0;
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                running.push(self.attempt((first + started) % count));
                started += 1;
                due += if started < count { HEAD_START } else { AGAIN };
            }
            match timeout_at(due.min(end), running.next()).await {
                Ok(Some((index, Ok(opened)))) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(opened);
                }
                Ok(Some((index, Err(refused)))) => {
                    refusals.insert(index, refused);
                    if started < count {
                        due = Instant::now();
                    } else if running.is_empty() {
                        break;
                    }
                }
                Ok(None) => break,
                Err(_) if Instant::now() >= end => {
                    let reason = "the server does not answer".into();
                    refusals.insert(count, Refused { reason, is_missing: false });
                    break;
                }
                Err(_) => {}
            }
        }
        let is_missing = refusals.values().any(|refused| refused.is_missing);
        let reasons: Vec<String> = refusals.into_values().map(|refused| refused.reason).collect();
        Err(Refused { reason: reasons.join("; "), is_missing })
    }

    async fn attempt(&self, index: usize) -> (usize, Result<(Client, Messages), Refused>) {
        let Some(host) = self.hosts.get(index) else {
            return (index, Err(Refused { reason: "there is no such host".into(), is_missing: false }));
        };
        let opened = match host.connect(self.tls.clone()).await {
            Ok((client, mut connection)) => {
                let messages = poll_fn(move |context| {
                    connection.poll_message(context).map(|message| match message? {
                        Ok(message) => Some(message),
                        Err(error) => {
                            tracing::debug!(%error, "a connection to the database ended");
                            None
                        }
                    })
                });
                Ok((client, messages.boxed()))
            }
            Err(error) => Err(Refused {
                is_missing: error.code() == Some(&SqlState::UNDEFINED_DATABASE),
                reason: error
                    .as_db_error()
                    .map_or_else(|| describe(&error), |error| error.message().to_owned()),
            }),
        };
        (index, opened)
    }

    /// Asks the server to end what runs on a connection.
    pub(super) async fn cancel(&self, token: CancelToken) -> Result<(), tokio_postgres::Error> {
        token.cancel_query(self.tls.clone()).await
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connector").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// Keeps a connection going for as long as it lasts.
pub(super) async fn drive(mut messages: Messages) {
    while messages.next().await.is_some() {}
}
