//! Sessions that end before the tokens that were given out for them. The streams of a session end with it.
//!
//! A service tells of that as it tells its channels anything: by a message `sessions-ended` to a channel whose name begins
//! with `sessions/`, with `{"session_ids": [...]}`. Which service is believed for a stream, the gateway says.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::message::Message;
use crate::reader::Reader;

const CHANNELS: &str = "sessions/";
const EVENT: &str = "sessions-ended";
/// How many ended sessions are remembered at most; some 100 bytes each.
const MOST: usize = 100_000;

/// A session of a caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// The service that tells when it ends.
    pub service: String,
    /// Its id.
    pub id: String,
}

#[derive(Deserialize)]
struct Ended {
    session_ids: Vec<String>,
}

/// Who waits in which session, and which ended lately: who asked before the gateway knew of that is not held either.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    readers: HashMap<Session, HashMap<u64, Arc<Reader>>>,
    ended: HashSet<Session>,
    order: VecDeque<(Instant, Session)>,
}

impl Sessions {
    /// A message is told, which may say that sessions have ended.
    pub(crate) fn hear(&mut self, message: &Message) {
        if message.event != EVENT || !message.channel.starts_with(CHANNELS) {
            return;
        }
        let Ok(Ended { session_ids }) = serde_json::from_str(&message.data) else { return };
        for id in session_ids {
            let session = Session { service: message.service.clone(), id };
            for reader in self.readers.get(&session).into_iter().flat_map(HashMap::values) {
                reader.end();
            }
            if self.ended.insert(session.clone()) {
                self.order.push_back((Instant::now(), session));
            }
        }
    }

    /// Which sessions ended meanwhile isn't known: all streams end, and their clients' tokens are looked at anew.
    pub(crate) fn begin(&self) {
        self.readers.values().flat_map(HashMap::values).for_each(|reader| reader.end());
    }

    /// A stream of this session begins; if the session has ended, it ends at once.
    pub(crate) fn join(&mut self, session: &Session, reader: &Arc<Reader>) {
        if self.ended.contains(session) {
            reader.end();
            return;
        }
        self.readers.entry(session.clone()).or_default().insert(reader.id, Arc::clone(reader));
    }

    pub(crate) fn leave(&mut self, session: &Session, reader: u64) {
        let Some(readers) = self.readers.get_mut(session) else { return };
        readers.remove(&reader);
        if readers.is_empty() {
            self.readers.remove(session);
        }
    }

    /// Forgets those that ended longer ago than `age`: by then the gateway lets nobody in with their tokens.
    pub(crate) fn forget(&mut self, age: Duration) {
        while let Some((at, session)) = self.order.front() {
            if self.order.len() <= MOST && at.elapsed() < age {
                break;
            }
            self.ended.remove(session);
            self.order.pop_front();
        }
    }
}
