//! A consumer on this host: takes the partitions that are its turn, and lets go of those that aren't.

mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::members::Members;
use super::names::PARTITIONS;
use super::progress::{NotWritten, Record};
use super::server::Server;
use super::store::PartitionStore;
use super::tail::Tail;
use super::{JetStreamOptions, Nudge};
use crate::Handler;
use crate::delivery::{Driver, End, Pace, Progress};
use crate::error::Error;
use crate::options::Subscription;
use crate::statistics::{ConsumerStatistics, Counters};
use turn::catch_up;

/// Between looks at a partition that another host has not left yet, and between attempts.
const LOOK: Duration = Duration::from_millis(50);
const RETRY: Duration = Duration::from_millis(250);
/// How often replays are looked for where there are some.
const POLL: Duration = Duration::from_millis(500);
/// Blocked aggregates a partition holds before it reads no further. Their progress is one message.
const LANES: usize = 512;

/// One subscription of this host.
pub(super) struct Consumer {
    server: Arc<Server>,
    members: Arc<Members>,
    options: JetStreamOptions,
    subscription: Subscription,
    handler: Arc<dyn Handler>,
    gate: Arc<Semaphore>,
    partitions: BTreeMap<u8, Partition>,
    /// Whether it is known which of them are this host's.
    looked: watch::Sender<bool>,
}

/// What outlives the times that a partition is this host's.
#[derive(Default)]
struct Partition {
    counters: Arc<Counters>,
    head: Arc<AtomicI64>,
    replays: Arc<AtomicBool>,
    replay_asked: Nudge,
    /// Whether it is to be delivered here.
    wanted: watch::Sender<bool>,
    /// Whether it is, or may be.
    held: watch::Sender<bool>,
    /// Whether its events are delivered here.
    delivers: watch::Sender<bool>,
    /// The last event that is to be replayed since it was taken over.
    at_start: AtomicI64,
    /// Whether everything up to there is finished, or waits behind a failed event.
    caught_up: watch::Sender<bool>,
    /// Whether a claim was sent of which it is not known what became of it: it may come into effect late.
    unsettled: AtomicBool,
}

impl Consumer {
    pub(super) fn new(
        server: Arc<Server>,
        members: Arc<Members>,
        options: JetStreamOptions,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
    ) -> Self {
        let permits = subscription.concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            server,
            members,
            options,
            subscription,
            handler,
            gate: Arc::new(Semaphore::new(permits)),
            partitions: (0..PARTITIONS).map(|partition| (partition, Partition::default())).collect(),
            looked: watch::Sender::new(false),
        }
    }

    /// How it is doing on this host.
    pub(super) fn statistics(&self) -> ConsumerStatistics {
        let each = self.partitions.values().map(|partition| {
            if !*partition.held.borrow() {
                // What is left to do is another host's.
                partition.head.store(partition.counters.floor.load(Ordering::Relaxed), Ordering::Relaxed);
            }
            let head = partition.head.load(Ordering::Relaxed);
            partition.counters.snapshot(&self.subscription.consumer, head)
        });
        ConsumerStatistics::sum(&self.subscription.consumer, each)
    }

    /// Delivers until told to stop, then leaves its partitions in order.
    pub(super) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut changed = self.members.changed();
        let mut running = JoinSet::new();
        for partition in 0..PARTITIONS {
            running.spawn(Arc::clone(&self).run_partition(partition));
        }
        running.spawn(Arc::clone(&self).hear_of_replays());
        loop {
            let stopped = *stop.borrow_and_update();
            for (number, partition) in &self.partitions {
                let wanted = !stopped && self.members.is_mine(&self.subscription.consumer, *number);
                partition.wanted.send_if_modified(|before| std::mem::replace(before, wanted) != wanted);
            }
            self.looked.send_replace(true);
            if stopped {
                break;
            }
            tokio::select! {
                _ = changed.changed() => {}
                _ = stop.changed() => {}
            }
        }
        self.left(&mut running).await;
    }

    /// Waits until every partition is left, for as long as running handlers may take and a little more.
    async fn left(&self, running: &mut JoinSet<()>) {
        let patience = self.options.shutdown_grace + Duration::from_secs(5);
        let left = async {
            for partition in self.partitions.values() {
                drop(partition.held.subscribe().wait_for(|held| !held).await);
            }
        };
        drop(tokio::time::timeout(patience, left).await);
        running.abort_all();
    }

    async fn run_partition(self: Arc<Self>, number: u8) {
        let Some(partition) = self.partitions.get(&number) else { return };
        let mut wanted = partition.wanted.subscribe();
        while wanted.wait_for(|wanted| *wanted).await.is_ok() {
            partition.held.send_replace(true);
            let stop = watch::Sender::new(false);
            let unwanted = async {
                // The sender lives as long as this consumer.
                drop(partition.wanted.subscribe().wait_for(|wanted| !wanted).await);
                stop.send_replace(true);
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = self.hold(number, partition, stop.subscribe()) => {}
                () = unwanted => {}
            }
            self.release(number, partition).await;
            partition.held.send_replace(false);
        }
    }

    /// Claims the partition and delivers what is in it, until told to stop.
    async fn hold(&self, number: u8, partition: &Partition, stop: watch::Receiver<bool>) {
        let mut told = stop.clone();
        let consumer = &self.subscription.consumer;
        while !*stop.borrow() {
            let claimed = tokio::select! {
                claimed = self.claim(number, partition) => claimed,
                _ = told.wait_for(|stop| *stop) => return,
            };
            let (store, progress) = match claimed {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::debug!(consumer, number, %error, "the partition can't be taken over yet");
                    sleep(RETRY).await;
                    continue;
                }
            };
            tracing::debug!(consumer, number, "delivers the partition");
            let driver = self.driver(partition, Arc::new(store), progress, stop.clone());
            partition.delivers.send_replace(true);
            let floor = driver.floor.subscribe();
            let end = tokio::select! {
                end = driver.run() => end,
                end = catch_up(partition, floor) => end,
            };
            partition.delivers.send_replace(false);
            match end {
                End::Stopped => return,
                End::Superseded => {
                    tracing::info!(
                        consumer,
                        number,
                        "another host has taken the partition over, or an operator has rewound it"
                    );
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Tells others that they need not wait for this host, unless it wants the partition again meanwhile.
    async fn release(&self, number: u8, partition: &Partition) {
        let consumer = &self.subscription.consumer;
        let subject = self.server.names.progress_of(consumer, number);
        while !*partition.wanted.borrow() {
            let fence = partition.unsettled.load(Ordering::Relaxed);
            match self.server.release_progress(&subject, consumer, &self.members.id, fence).await {
                Ok(()) => {
                    partition.unsettled.store(false, Ordering::Relaxed);
                    return;
                }
                Err(NotWritten::Changed) => {}
                Err(NotWritten::Failed(error)) => {
                    tracing::debug!(consumer, number, %error, "the partition can't be left yet");
                    sleep(RETRY).await;
                }
            }
        }
    }

    fn driver(
        &self,
        partition: &Partition,
        store: Arc<PartitionStore>,
        progress: Progress,
        stop: watch::Receiver<bool>,
    ) -> Driver {
        partition.counters.floor.store(progress.floor, Ordering::Relaxed);
        Driver {
            floor: watch::Sender::new(progress.floor),
            store,
            subscription: self.subscription.clone(),
            handler: Arc::clone(&self.handler),
            counters: Arc::clone(&partition.counters),
            clock: Arc::clone(&self.options.clock),
            observer: self.options.observer.clone(),
            pace: Pace {
                progress_interval: self.options.progress_interval,
                poll_interval: POLL,
                shutdown_grace: self.options.shutdown_grace,
                lanes: LANES,
            },
            gate: Arc::clone(&self.gate),
            replay_asked: Arc::clone(&partition.replay_asked),
            stop,
            progress,
        }
    }

    /// Waits until no other host has the partition, and takes it.
    async fn claim(&self, number: u8, partition: &Partition) -> Result<(PartitionStore, Progress), Error> {
        self.server.prepared().await;
        let consumer = &self.subscription.consumer;
        let subject = self.server.names.progress_of(consumer, number);
        loop {
            let (found, revision) = self.server.read_progress(&subject).await?;
            let holder = found.as_ref().and_then(|record| record.host.as_deref());
            if holder.is_some_and(|host| host != self.members.id && !self.members.is_gone(host)) {
                sleep(LOOK).await;
                continue;
            }
            let before = found.unwrap_or_else(|| Record::begun(consumer));
            let before = before.begin(&self.subscription, self.server.last_position().await?);
            let before = self.rewound(before).await?;
            let record = Record {
                consumer: consumer.clone(),
                host: Some(self.members.id.clone()),
                claim: uuid::Uuid::new_v4().to_string(),
                clean: false,
                ..before.clone()
            };
            // Who cancels this, or hears no answer, doesn't know whether it was written, or will be.
            partition.unsettled.store(true, Ordering::Relaxed);
            let revision = match self.server.write_progress(&subject, &record, revision).await {
                Err(NotWritten::Failed(error)) => return Err(error),
                written => {
                    partition.unsettled.store(false, Ordering::Relaxed);
                    // Or another host was quicker.
                    let Ok(revision) = written else { continue };
                    revision
                }
            };
            self.forget_unfinished_letters(number, &record, partition).await?;
            let head = self.server.last_position().await?;
            partition.head.store(record.floor, Ordering::Relaxed);
            let subjects = self.server.names.events_of(Some(number), &self.subscription.kinds);
            partition.at_start.store(self.last_replayed(&subjects).await?, Ordering::Relaxed);
            let store = PartitionStore {
                server: Arc::clone(&self.server),
                consumer: consumer.clone(),
                partition: number,
                kinds: self.subscription.kinds.clone(),
                subject,
                tail: Mutex::new(Tail::new(Arc::clone(&self.server), subjects, Arc::clone(&partition.head))),
                written: Mutex::new((record, revision)),
                replays: Arc::clone(&partition.replays),
            };
            return Ok((store, before.progress(head)));
        }
    }

    /// For a consumer whose state lives in memory: young events are delivered again.
    async fn rewound(&self, record: Record) -> Result<Record, Error> {
        let Some(age) = self.subscription.replay_at_start else { return Ok(record) };
        let since = self.options.clock.now().checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH);
        let floor = record.floor.min(self.server.position_at(since).await?);
        let mut blocked = record.blocked;
        // Aggregates that failed before those events keep their place.
        blocked.retain(|entry| entry.finished < floor);
        Ok(Record { floor, blocked, ..record })
    }

    /// A host that ended between burying an event and noting that leaves a dead letter of an event that will be
    /// delivered again. Notices, too, whether replays were asked for.
    async fn forget_unfinished_letters(
        &self,
        number: u8,
        record: &Record,
        partition: &Partition,
    ) -> Result<(), Error> {
        let letters = self.server.dead_letters(Some(&self.subscription.consumer), Some(number)).await?;
        for letter in letters {
            let event = &letter.logged.event;
            if letter.replay_at.is_some() {
                partition.replays.store(true, Ordering::Relaxed);
            } else if letter.logged.position > record.finished(&event.aggregate_type, &event.aggregate_id)
                && self.subscription.replay_at_start.is_none()
            {
                self.server.unbury(&letter).await?;
            }
        }
        Ok(())
    }

    /// Looks for replays when an operator asks for one, and after a time in which that would not have been heard.
    async fn hear_of_replays(self: Arc<Self>) {
        let mut connections = self.server.connections.subscribe();
        let Ok(mut asked) = self.server.client.subscribe(self.server.names.replays.clone()).await else {
            return;
        };
        loop {
            tokio::select! {
                message = asked.next() => if message.is_none() { return },
                changed = connections.changed() => if changed.is_err() { return },
            }
            for partition in self.partitions.values() {
                partition.replays.store(true, Ordering::Relaxed);
                partition.replay_asked.notify_one();
            }
        }
    }
}
