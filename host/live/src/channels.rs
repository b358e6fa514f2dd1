//! Who waits for what, and what was told lately.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::message::{Kept, Message};
use crate::position::Position;
use crate::reader::{Entry, Reader};

/// All channels of all services.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    /// Up to where everything was told.
    pub(crate) head: Position,
    /// Nothing up to here is known any more, of any service.
    floor: u64,
    services: HashMap<String, Service>,
}

#[derive(Debug, Default)]
struct Service {
    /// Everything that is kept, oldest first.
    order: VecDeque<(Instant, Arc<Kept>)>,
    /// Their ids.
    ids: HashSet<String>,
    bytes: usize,
    /// Up to here something may have been forgotten.
    floor: u64,
    channels: HashMap<String, Channel>,
}

#[derive(Debug, Default)]
struct Channel {
    recent: VecDeque<Arc<Kept>>,
    readers: HashMap<u64, Arc<Reader>>,
}

/// What somebody missed.
#[derive(Debug)]
pub(crate) enum Missed {
    /// This, in order.
    Known(Vec<Arc<Kept>>),
    /// That can't be said.
    Unknown,
}

impl Channels {
    /// What was told until now isn't known: everything begins anew after this position.
    pub(crate) fn begin(&mut self, position: Position) {
        self.head = position;
        self.floor = position.number;
        let all: HashMap<u64, Arc<Reader>> =
            self.readers().map(|reader| (reader.id, Arc::clone(reader))).collect();
        for reader in all.values() {
            reader.put(Entry::Reset(position));
        }
        for service in self.services.values_mut() {
            service.order.clear();
            service.ids.clear();
            service.bytes = 0;
            service.floor = 0;
            service.channels.retain(|_, channel| {
                channel.recent.clear();
                !channel.readers.is_empty()
            });
        }
    }

    /// A message is told. Returns the readers for whom it is one too many; nothing if it was told before.
    pub(crate) fn tell(
        &mut self,
        position: Position,
        message: Message,
        queue: usize,
    ) -> Option<Vec<Arc<Reader>>> {
        if position.epoch != self.head.epoch {
            let number = position.number.saturating_sub(1);
            self.begin(Position { number, ..position });
        }
        if position.number <= self.head.number {
            return None;
        }
        self.head = position;
        let service = self.services.entry(message.service.clone()).or_default();
        if !service.ids.insert(message.id.clone()) {
            return None;
        }
        let kept = Kept::new(position, message);
        service.bytes += kept.size();
        service.order.push_back((Instant::now(), Arc::clone(&kept)));
        let channel = service.channels.entry(kept.message.channel.clone()).or_default();
        channel.recent.push_back(Arc::clone(&kept));
        let mut slow = Vec::new();
        for reader in channel.readers.values() {
            if !reader.tell(&kept, queue) {
                slow.push(Arc::clone(reader));
            }
        }
        Some(slow)
    }

    /// Forgets what is older than `age`, and the oldest of a service that has more than `bytes`.
    pub(crate) fn forget(&mut self, age: Duration, bytes: usize) {
        let now = Instant::now();
        for service in self.services.values_mut() {
            while let Some((at, kept)) = service.order.front() {
                if service.bytes <= bytes && now.duration_since(*at) < age {
                    break;
                }
                service.floor = kept.position.number;
                service.bytes = service.bytes.saturating_sub(kept.size());
                service.ids.remove(&kept.message.id);
                if let Some(channel) = service.channels.get_mut(&kept.message.channel) {
                    channel.recent.pop_front();
                    if channel.recent.is_empty() && channel.readers.is_empty() {
                        service.channels.remove(&kept.message.channel);
                    }
                }
                service.order.pop_front();
            }
        }
    }

    /// What was told to these channels after a position.
    pub(crate) fn since(&self, position: Position, service: &str, channels: &[String]) -> Missed {
        if position.epoch != self.head.epoch || position.number < self.floor {
            return Missed::Unknown;
        }
        let Some(service) = self.services.get(service) else { return Missed::Known(Vec::new()) };
        if position.number < service.floor {
            return Missed::Unknown;
        }
        let mut missed: Vec<_> = channels
            .iter()
            .filter_map(|channel| service.channels.get(channel))
            .flat_map(|channel| channel.recent.iter().rev())
            .filter(|kept| kept.position.number > position.number)
            .cloned()
            .collect();
        missed.sort_unstable_by_key(|kept| kept.position.number);
        Missed::Known(missed)
    }

    pub(crate) fn join(&mut self, service: &str, channels: &[String], reader: &Arc<Reader>) {
        let service = self.services.entry(service.to_owned()).or_default();
        for channel in channels {
            let channel = service.channels.entry(channel.clone()).or_default();
            channel.readers.insert(reader.id, Arc::clone(reader));
        }
    }

    pub(crate) fn leave(&mut self, service: &str, channels: &[String], reader: u64) {
        let Some(service) = self.services.get_mut(service) else { return };
        for name in channels {
            let Some(channel) = service.channels.get_mut(name) else { continue };
            channel.readers.remove(&reader);
            if channel.recent.is_empty() && channel.readers.is_empty() {
                service.channels.remove(name);
            }
        }
    }

    /// Every reader; one of several channels comes several times.
    pub(crate) fn readers(&self) -> impl Iterator<Item = &Arc<Reader>> {
        let channels = self.services.values().flat_map(|service| service.channels.values());
        channels.flat_map(|channel| channel.readers.values())
    }

    pub(crate) fn kept_bytes(&self) -> usize {
        self.services.values().map(|service| service.bytes).sum()
    }
}
