//! The sessions of relays: one for all services of a database, as far as they get on with each other.
//!
//! The locks on partitions belong to a session, and with it a relay reads and deletes: when the session is gone, so are
//! the locks, and so is the power to delete. A session whose state is not known is closed, for all who share it; they
//! find out at once and begin another one. A relay whose step took too long has one of its own for a while, so that
//! it holds nobody else up.
//!
//! A host that is killed loses its sessions, and so its partitions, at once. One that stands still (a paused process or
//! machine, a cut network) keeps them, so the server ends a session that says nothing for [`SILENCE`]; one says something
//! every [`SIGN_OF_LIFE`], also while the bus is slow.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures::StreamExt;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Statement};

use super::Shared;
use super::claim::RANK;
use super::connector::Messages;
use super::error::Failure;
use crate::Error;

/// Where commits with events are told to other hosts; the payload is the service.
pub(super) const CHANNEL: &str = "lyceum_outbox";

/// How long a session may be silent before the server ends it.
const SILENCE: Duration = Duration::from_secs(1);
/// How often a session says something.
const SIGN_OF_LIFE: Duration = Duration::from_millis(250);

/// The session that the relays of a database share.
#[derive(Default)]
pub(super) struct Relays(tokio::sync::Mutex<Weak<Session>>);

/// Who is told of events, by service.
type Members = Mutex<BTreeMap<String, Weak<Shared>>>;

/// A connection for relays, closed when it is dropped.
pub(super) struct Session {
    pub(super) client: Arc<Client>,
    /// [`RANK`], prepared.
    pub(super) rank: Statement,
    members: Arc<Members>,
    is_closed: AtomicBool,
    driver: JoinHandle<()>,
}

/// A service's place on a session. Unless it is left by [`Seat::leave`] the session is closed with it: the server may
/// still be doing something, and the service's locks are there.
pub(super) struct Seat {
    pub(super) session: Arc<Session>,
    service: String,
    /// Whether others may come.
    pub(super) is_shared: bool,
    was_left: bool,
}

impl Relays {
    /// A seat on the session that is shared, which is begun if there is none; or on one that nobody else uses.
    ///
    /// The server may take as long as `patience` for each of the steps after the connection is there.
    pub(super) async fn seat(
        &self,
        shared: &Arc<Shared>,
        alone: bool,
        patience: Duration,
    ) -> Result<Seat, Error> {
        if alone {
            return Session::begin(shared, false, patience).await;
        }
        let mut current = self.0.lock().await;
        if let Some(session) = current.upgrade().filter(|session| !session.is_closed()) {
            if let Some(seat) = Seat::take(session, shared, true) {
                return Ok(seat);
            }
            // Another relay of the same service, which would get the same locks once more.
            drop(current);
            return Session::begin(shared, false, patience).await;
        }
        let seat = Session::begin(shared, true, patience).await?;
        *current = Arc::downgrade(&seat.session);
        Ok(seat)
    }

    /// Whether others share a session now on which the service has no seat.
    pub(super) fn has_room(&self, service: &str) -> bool {
        let session = self.0.try_lock().ok().and_then(|current| current.upgrade());
        session.is_some_and(|session| !session.is_closed() && !lock(&session.members).contains_key(service))
    }
}

impl Session {
    async fn begin(shared: &Arc<Shared>, is_shared: bool, patience: Duration) -> Result<Seat, Error> {
        let opened = shared.pool.connector().open().await;
        let (client, messages) = opened.map_err(|refused| Failure::from(refused).into_error())?;
        let (client, members) = (Arc::new(client), Arc::new(Members::default()));
        let (living, told) = (Arc::clone(&client), Arc::clone(&members));
        let driver = tokio::spawn(async move {
            tokio::select! {
                () = drive(messages, &told) => {}
                () = show_life(living) => {}
            }
            // The relays should find out soon.
            lock(&told).values().filter_map(Weak::upgrade).for_each(|member| member.committed.notify_one());
        });
        let silence = SILENCE.as_millis();
        // All that is committed here is that events were published, and publishing them again is harmless.
        let settings = format!(
            "SET search_path = pg_catalog; SET application_name = 'lyceum-relay'; SET synchronous_commit = off;
             SET idle_session_timeout = {silence}; SET tcp_user_timeout = {silence}; LISTEN {CHANNEL}"
        );
        let prepare = async {
            client.batch_execute(&settings).await?;
            client.prepare(RANK).await
        };
        let rank = match timeout(patience, prepare).await {
            Ok(prepared) => prepared.map_err(|error| Failure::from(error).into_error()),
            Err(_) => Err(Error::Timeout),
        };
        let rank = rank.inspect_err(|_| driver.abort())?;
        let session = Arc::new(Self { client, rank, members, is_closed: AtomicBool::new(false), driver });
        Seat::take(session, shared, is_shared)
            .ok_or_else(|| Error::Unavailable("the relay's session has no seat".into()))
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed) || self.client.is_closed()
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.driver.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Seat {
    /// Nothing if the service has one there already.
    fn take(session: Arc<Session>, shared: &Arc<Shared>, is_shared: bool) -> Option<Self> {
        let mut members = lock(&session.members);
        if members.contains_key(&shared.service) {
            return None;
        }
        members.insert(shared.service.clone(), Arc::downgrade(shared));
        drop(members);
        Some(Self { session, service: shared.service.clone(), is_shared, was_left: false })
    }

    /// Leaves the session to the others: this service has no locks there any more.
    pub(super) fn leave(mut self) {
        self.was_left = true;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.session.members).remove(&self.service);
        if !self.was_left {
            self.session.close();
            for member in lock(&self.session.members).values().filter_map(Weak::upgrade) {
                member.committed.notify_one();
            }
        }
    }
}

/// Says something to the server for as long as the process runs and the connection lasts.
async fn show_life(client: Arc<Client>) {
    while client.batch_execute("").await.is_ok() {
        sleep(SIGN_OF_LIFE).await;
    }
}

/// Keeps the connection going and passes on what other hosts tell.
async fn drive(mut messages: Messages, members: &Members) {
    while let Some(message) = messages.next().await {
        if let AsyncMessage::Notification(notification) = message {
            let member = lock(members).get(notification.payload()).and_then(Weak::upgrade);
            if let Some(member) = member {
                member.committed.notify_one();
            }
        }
    }
}

fn lock(members: &Members) -> MutexGuard<'_, BTreeMap<String, Weak<Shared>>> {
    members.lock().unwrap_or_else(PoisonError::into_inner)
}
