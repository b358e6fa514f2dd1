//! How far the live consumers are.

use std::collections::HashSet;

use anyhow::Result;
use lyceum_events::EventRecord;
use lyceum_events::backup::{ConsumerProgress, partition};

use crate::event_log::Log;

const PAGE: usize = 1_000;

/// What the consumers have handled.
pub(super) struct Live {
    progress: Vec<ConsumerProgress>,
    /// Consumer and position.
    letters: HashSet<(String, i64)>,
}

impl Live {
    pub(super) async fn read(log: &Log) -> Result<Self> {
        let (mut letters, mut cursor) = (HashSet::new(), None::<String>);
        loop {
            let page = log.dead_letters(None, PAGE, cursor.as_deref()).await?;
            letters.extend(page.items.into_iter().map(|letter| (letter.consumer, letter.record.position)));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Self { progress: log.progress().await?, letters })
    }

    /// Whether the event had its effect.
    pub(super) fn has_handled(&self, consumer: &str, record: &EventRecord) -> bool {
        let event = &record.event;
        let place = partition(&event.aggregate_id);
        let is_of = |progress: &&ConsumerProgress| {
            progress.consumer == consumer && progress.partition.is_none_or(|partition| partition == place)
        };
        let finished = self
            .progress
            .iter()
            .find(is_of)
            .map_or(0, |progress| progress.finished(&event.aggregate_type, &event.aggregate_id));
        record.position <= finished && !self.letters.contains(&(consumer.to_owned(), record.position))
    }
}
