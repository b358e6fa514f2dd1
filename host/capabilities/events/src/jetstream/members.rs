//! Which hosts are there, and which of them delivers what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::connection::State;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use super::locked;
use super::names::offset;
use super::server::Server;

/// Heartbeats in the time after which a host counts as gone.
const BEATS: u32 = 5;

/// The hosts, as this one knows them.
pub(super) struct Members {
    /// This host, made anew for every start.
    pub(super) id: String,
    subject: String,
    expiry: Duration,
    known: Mutex<Known>,
    changed: watch::Sender<u64>,
}

struct Known {
    /// Since when this host hears the others.
    listening_since: Option<Instant>,
    consumers: BTreeSet<String>,
    others: BTreeMap<String, Other>,
}

struct Other {
    heard: Instant,
    consumers: BTreeSet<String>,
}

/// What a host tells the others.
#[derive(Debug, Serialize, Deserialize)]
struct Beat {
    id: String,
    consumers: BTreeSet<String>,
    leaving: bool,
}

impl Members {
    pub(super) fn new(subject: String, expiry: Duration) -> Arc<Self> {
        let known = Known { listening_since: None, consumers: BTreeSet::new(), others: BTreeMap::new() };
        let id = uuid::Uuid::new_v4().to_string();
        Arc::new(Self { id, subject, expiry, known: Mutex::new(known), changed: watch::Sender::new(0) })
    }

    /// Told whenever the answers of [`Members::is_mine`] may have changed.
    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn add_consumer(&self, consumer: &str) {
        locked(&self.known).consumers.insert(consumer.to_owned());
        self.tell_change();
    }

    /// Whether this host is to deliver the consumer's partition.
    pub(super) fn is_mine(&self, consumer: &str, partition: u8) -> bool {
        let known = locked(&self.known);
        let others = known.others.iter().filter(|(_, other)| other.consumers.contains(consumer));
        let hosts: BTreeSet<&str> =
            others.map(|(id, _)| id.as_str()).chain(std::iter::once(self.id.as_str())).collect();
        let turn = (usize::from(partition) + offset(consumer)) % hosts.len();
        hosts.into_iter().nth(turn) == Some(self.id.as_str())
    }

    /// Whether a host is certainly not there: it said nothing for so long.
    pub(super) fn is_gone(&self, host: &str) -> bool {
        let known = locked(&self.known);
        match known.others.get(host) {
            Some(other) => other.heard.elapsed() >= self.expiry,
            None => known.listening_since.is_some_and(|since| since.elapsed() >= self.expiry),
        }
    }

    /// Tells and listens, for ever.
    pub(super) async fn run(self: Arc<Self>, server: Arc<Server>) {
        let mut connections = server.connections.subscribe();
        let mut beat = tokio::time::interval(self.expiry / BEATS);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut heard = loop {
            match server.client.subscribe(self.subject.clone()).await {
                Ok(heard) => break heard,
                // Only a client that is closed refuses.
                Err(error) => tracing::warn!(%error, "other hosts can't be heard"),
            }
            beat.tick().await;
        };
        let mut changed = self.changed.subscribe();
        loop {
            tokio::select! {
                _ = beat.tick() => {
                    self.forget_gone();
                    self.tell(&server, false).await;
                }
                // A new consumer is announced at once.
                _ = changed.changed() => self.tell(&server, false).await,
                message = heard.next() => match message {
                    Some(message) => self.hear(&message.payload),
                    None => return,
                },
                _ = connections.changed() => {
                    // What others told meanwhile was not heard.
                    locked(&self.known).listening_since = Some(Instant::now());
                    self.tell(&server, false).await;
                }
            }
        }
    }

    /// Tells the others not to wait.
    pub(super) async fn leave(&self, server: &Server) {
        self.tell(server, true).await;
        // Whoever doesn't hear it waits a little longer.
        drop(tokio::time::timeout(Duration::from_secs(1), server.client.flush()).await);
    }

    async fn tell(&self, server: &Server, leaving: bool) {
        // Without a connection nobody hears anybody, and what was told would only be told late.
        if server.client.connection_state() != State::Connected {
            return;
        }
        let consumers = locked(&self.known).consumers.clone();
        let beat = Beat { id: self.id.clone(), consumers, leaving };
        if let Ok(beat) = serde_json::to_vec(&beat) {
            // The next beat will say it.
            drop(server.client.publish(self.subject.clone(), beat.into()).await);
        }
    }

    fn hear(&self, payload: &[u8]) {
        let Ok(beat) = serde_json::from_slice::<Beat>(payload) else { return };
        if beat.id == self.id {
            return;
        }
        let mut known = locked(&self.known);
        let news = if beat.leaving {
            known.others.remove(&beat.id).is_some()
        } else {
            let other = Other { heard: Instant::now(), consumers: beat.consumers.clone() };
            known.others.insert(beat.id, other).is_none_or(|before| before.consumers != beat.consumers)
        };
        drop(known);
        if news {
            self.tell_change();
        }
    }

    fn forget_gone(&self) {
        let mut known = locked(&self.known);
        let before = known.others.len();
        let expiry = self.expiry;
        known.others.retain(|_, other| other.heard.elapsed() < expiry);
        let news = known.others.len() != before;
        drop(known);
        if news {
            self.tell_change();
        }
    }

    fn tell_change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jetstream::names::PARTITIONS;

    fn beat(id: &str, consumers: &[&str], leaving: bool) -> Vec<u8> {
        let consumers = consumers.iter().map(|name| (*name).to_owned()).collect();
        serde_json::to_vec(&Beat { id: id.to_owned(), consumers, leaving }).expect("JSON")
    }

    fn mine(members: &Members, consumer: &str) -> usize {
        (0..PARTITIONS).filter(|partition| members.is_mine(consumer, *partition)).count()
    }

    #[test]
    fn partitions_are_shared_out_evenly_among_the_hosts_that_want_them() {
        let members = Members::new("s".into(), Duration::from_mins(1));
        members.add_consumer("c");
        assert_eq!(mine(&members, "c"), 8);
        members.hear(&beat("other", &["c"], false));
        assert_eq!(mine(&members, "c"), 4);
        members.hear(&beat("third", &["c"], false));
        assert!((2..=3).contains(&mine(&members, "c")));
        members.hear(&beat("third", &["c"], true));
        members.hear(&beat("other", &["d"], false));
        assert_eq!(mine(&members, "c"), 8, "the other has no such consumer any more");
        members.hear(b"nonsense");
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_gone_once_it_was_silent_and_this_one_listened() {
        let members = Members::new("s".into(), Duration::from_secs(1));
        members.add_consumer("c");
        assert!(!members.is_gone("other"), "nobody listened yet");
        locked(&members.known).listening_since = Some(Instant::now());
        assert!(!members.is_gone("other"));
        members.hear(&beat("other", &["c"], false));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(!members.is_gone("other"));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(members.is_gone("other"));
        members.forget_gone();
        assert!(members.is_gone("other"));
        assert_eq!(mine(&members, "c"), 8);
    }
}
