//! Handing events to a handler: those of one aggregate in order, those of several at once.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use lyceum_events::{Delivery, EventRecord, Failure, Handler};

/// How long something may be away.
const OUTAGE: Duration = Duration::from_mins(1);
/// How often one is tried that fails for a reason that nobody foresaw.
const ATTEMPTS: u32 = 3;
/// Between attempts.
const AGAIN: Duration = Duration::from_millis(50);

/// With its type.
type Aggregate = (String, String);

/// An event, and as which consumer's it is handled.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) consumer: Arc<str>,
    pub(super) record: EventRecord,
}

/// An event that could not be handled.
#[derive(Clone)]
pub(super) struct Unhandled {
    pub(super) consumer: Arc<str>,
    pub(super) record: EventRecord,
    why: String,
}

impl fmt::Display for Unhandled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}): {}", self.record.event.id, self.record.event.kind, self.why)
    }
}

/// The events of one aggregate that are not handled yet.
struct Lane {
    rest: VecDeque<Wanted>,
    handled: u64,
    /// Why its first event waits.
    waits_for: String,
    given_up: Vec<Unhandled>,
}

pub(super) struct Lanes<'a> {
    handler: &'a dyn Handler,
    at_once: usize,
    /// Those whose first event waits for what another aggregate's event brings.
    waiting: BTreeMap<Aggregate, (VecDeque<Wanted>, String)>,
    given_up: Vec<Unhandled>,
    handled: u64,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(handler: &'a dyn Handler, at_once: usize) -> Self {
        Self { handler, at_once, waiting: BTreeMap::new(), given_up: Vec::new(), handled: 0 }
    }

    pub(super) fn handled(&self) -> u64 {
        self.handled
    }

    /// How many aggregates wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Those that were given up, and those that wait.
    pub(super) fn unhandled(&self) -> Vec<Unhandled> {
        let waiting = self.waiting.values().flat_map(|(lane, why)| {
            lane.iter().map(move |wanted| Unhandled {
                consumer: Arc::clone(&wanted.consumer),
                record: wanted.record.clone(),
                why: format!("not yet: {why}"),
            })
        });
        self.given_up.iter().cloned().chain(waiting).collect()
    }

    /// Hands over these events, behind those of the same aggregates that wait.
    pub(super) async fn deliver(&mut self, events: Vec<Wanted>) -> Result<()> {
        let mut lanes: BTreeMap<Aggregate, VecDeque<Wanted>> = BTreeMap::new();
        for wanted in events {
            let event = &wanted.record.event;
            let aggregate = (event.aggregate_type.clone(), event.aggregate_id.clone());
            let waiting = &mut self.waiting;
            let lane = lanes
                .entry(aggregate)
                .or_insert_with_key(|key| waiting.remove(key).map(|(lane, _)| lane).unwrap_or_default());
            lane.push_back(wanted);
        }
        self.run(lanes).await
    }

    /// Tries those that wait until none of them gets further.
    pub(super) async fn retry(&mut self) -> Result<()> {
        while !self.waiting.is_empty() {
            let before = self.handled;
            let lanes = std::mem::take(&mut self.waiting);
            self.run(lanes.into_iter().map(|(aggregate, (lane, _))| (aggregate, lane)).collect()).await?;
            if self.handled == before {
                break;
            }
        }
        Ok(())
    }

    async fn run(&mut self, lanes: BTreeMap<Aggregate, VecDeque<Wanted>>) -> Result<()> {
        let handler = self.handler;
        let done: Vec<(Aggregate, Lane)> =
            stream::iter(lanes)
                .map(|(aggregate, rest)| async move {
                    anyhow::Ok((aggregate, Lane::of(rest).run(handler).await?))
                })
                .buffer_unordered(self.at_once)
                .try_collect()
                .await?;
        for (aggregate, lane) in done {
            self.handled += lane.handled;
            self.given_up.extend(lane.given_up);
            if !lane.rest.is_empty() {
                self.waiting.insert(aggregate, (lane.rest, lane.waits_for));
            }
        }
        Ok(())
    }
}

impl Lane {
    fn of(rest: VecDeque<Wanted>) -> Self {
        Self { rest, handled: 0, waits_for: String::new(), given_up: Vec::new() }
    }

    /// Until it is empty or waits.
    async fn run(mut self, handler: &dyn Handler) -> Result<Self> {
        while let Some(wanted) = self.rest.front() {
            match attempt(handler, wanted).await? {
                // What is refused is handled, by the rules.
                Ok(()) | Err(Failure::Refused(_)) => self.handled += 1,
                Err(Failure::NotYet(what)) => {
                    self.waits_for = what;
                    return Ok(self);
                }
                // As a consumer that makes a dead letter of it.
                Err(failure) => self.given_up.push(Unhandled {
                    consumer: Arc::clone(&wanted.consumer),
                    record: wanted.record.clone(),
                    why: failure.to_string(),
                }),
            }
            self.rest.pop_front();
        }
        Ok(self)
    }
}

async fn attempt(handler: &dyn Handler, wanted: &Wanted) -> Result<Result<(), Failure>> {
    let (end, mut attempt) = (Instant::now() + OUTAGE, 1);
    loop {
        let consumer = Some(Arc::clone(&wanted.consumer));
        let delivery = Delivery { event: wanted.record.event.clone(), attempt, consumer };
        match handler.handle(delivery).await {
            Err(Failure::Unavailable(why)) if Instant::now() >= end => {
                bail!("the event {} can't be handled: {why}; nothing was changed", wanted.record.event.id)
            }
            Err(Failure::Unavailable(_)) => {}
            Err(Failure::Failed(_)) if attempt < ATTEMPTS => attempt += 1,
            outcome => return Ok(outcome),
        }
        tokio::time::sleep(AGAIN).await;
    }
}
