//! Reads the log from its beginning, and has delivered what the service wants of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use lyceum_events::{EventFilter, Handler};
use lyceum_manifest::{ERASURE, TICKS};

use super::complete::Complete;
use super::lanes::{Lanes, Unhandled, Wanted};
use crate::event_log::Log;

/// Events read at once.
const PAGE: usize = 1_000;
/// If more aggregates wait, they are tried at the end of the log alone.
const FEW: usize = 100;

/// By kind, as which consumer its events are delivered.
pub(super) type Consumers = BTreeMap<String, Arc<str>>;

pub(super) struct Replay<'a> {
    log: &'a Log,
    consumers: Consumers,
    lanes: Lanes<'a>,
    complete: Complete,
    position: i64,
}

impl<'a> Replay<'a> {
    pub(super) fn new(log: &'a Log, handler: &'a dyn Handler, consumers: Consumers, at_once: usize) -> Self {
        Self {
            log,
            consumers,
            lanes: Lanes::new(handler, at_once),
            complete: Complete::default(),
            position: 0,
        }
    }

    /// Up to where the log was read.
    pub(super) fn position(&self) -> i64 {
        self.position
    }

    /// How many events were handled.
    pub(super) fn delivered(&self) -> u64 {
        self.lanes.handled()
    }

    /// Events that could not be handled.
    pub(super) fn failures(&self) -> Vec<Unhandled> {
        self.lanes.unhandled()
    }

    /// Delivers everything up to this position, or further.
    pub(super) async fn catch_up(&mut self, until: i64, progress: &mut impl FnMut(i64, i64)) -> Result<()> {
        while self.position < until {
            let cursor = self.position.to_string();
            let page = self.log.events(&EventFilter::default(), PAGE, Some(&cursor)).await?;
            if self.position == 0 {
                Complete::begins(page.items.first())?;
            }
            // Where nothing is any more, there is nothing to wait for.
            let last = page.items.last().map_or(until, |record| record.position);
            let mut some = Vec::new();
            for record in page.items {
                if TICKS.contains(&record.event.kind.as_str()) {
                    continue;
                }
                self.complete.count(&record.event)?;
                let Some(consumer) = self.consumers.get(&record.event.kind) else { continue };
                let is_erasure = record.event.kind == ERASURE;
                let wanted = Wanted { consumer: Arc::clone(consumer), record };
                if is_erasure {
                    // What comes before it must be there to be removed, whatever it is about; what comes after, see it.
                    self.lanes.deliver(std::mem::take(&mut some)).await?;
                    self.lanes.deliver(vec![wanted]).await?;
                } else {
                    some.push(wanted);
                }
            }
            self.lanes.deliver(some).await?;
            if self.lanes.waiting() <= FEW {
                self.lanes.retry().await?;
            }
            self.position = last;
            progress(last, until.max(last));
        }
        self.lanes.retry().await?;
        self.complete.check()
    }
}
