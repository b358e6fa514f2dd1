//! Messages to live channels. They leave an outbox like events, but go to every host at once; they are no part of the log,
//! and no consumer has them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Event;

/// What the kinds of messages to live channels begin with.
pub const LIVE: &str = "lyceum.live.";

/// What hears the messages to all channels, in the same order on every host.
///
/// Their places are numbers that grow, of an epoch: another epoch begins when the old count is lost.
pub trait LiveListener: Send + Sync + 'static {
    /// From here on everything is told. What was told before is not known, or not all of it.
    fn begin(&self, epoch: u64, number: u64);

    /// A message, as its CloudEvent. It may come again under another number. Must not block.
    fn hear(&self, epoch: u64, number: u64, event: Event);
}

/// Events for the log, and messages to channels.
pub(crate) fn split(events: Vec<Event>) -> (Vec<Event>, Vec<Event>) {
    events.into_iter().partition(|event| !event.kind.starts_with(LIVE))
}

/// The channels of one process.
pub(crate) struct LiveHere {
    epoch: u64,
    told: Mutex<u64>,
    listener: OnceLock<Arc<dyn LiveListener>>,
}

impl LiveHere {
    pub(crate) fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let epoch = u64::try_from(since.as_micros()).unwrap_or_default();
        Self { epoch, told: Mutex::default(), listener: OnceLock::new() }
    }

    /// The first one stays.
    pub(crate) fn listen(&self, listener: Arc<dyn LiveListener>) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_first = false;
        let first = self.listener.get_or_init(|| {
            is_first = true;
            listener
        });
        if is_first {
            first.begin(self.epoch, *told);
        }
    }

    /// Told under the lock, so that all are told in the order of their numbers.
    pub(crate) fn tell(&self, messages: Vec<Event>) {
        if messages.is_empty() {
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for message in messages {
            *told += 1;
            if let Some(listener) = self.listener.get() {
                listener.hear(self.epoch, *told, message);
            }
        }
    }
}
