//! Whether the log still has all that was published.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::{Context, Result, bail};
use lyceum_events::{Event, EventRecord};
use serde::Deserialize;

/// So many may come later than their successors; more are gone.
const SOME: u64 = 1_000;

/// Counts each aggregate's events: a publisher numbers them from 1, without gaps.
#[derive(Default)]
pub(super) struct Complete {
    /// By hashes, since there may be millions. Two that meet would at most be refused.
    last: HashMap<u64, u64>,
    missing: BTreeMap<(u64, u64), String>,
}

#[derive(Deserialize)]
struct Published {
    source: String,
}

impl Complete {
    /// Refuses a log that begins later than it once did.
    pub(super) fn begins(first: Option<&EventRecord>) -> Result<()> {
        match first {
            Some(record) if record.position > 1 => bail!(
                "the log begins at position {}: what was published before is gone, and the read models can't be made \
                 without it",
                record.position
            ),
            _ => Ok(()),
        }
    }

    /// Counts one more event.
    pub(super) fn count(&mut self, event: &Event) -> Result<()> {
        let published: Published = serde_json::from_slice(&event.body)
            .with_context(|| format!("the event {} doesn't say who published it", event.id))?;
        let mut hasher = DefaultHasher::new();
        (&published.source, &event.aggregate_type, &event.aggregate_id).hash(&mut hasher);
        let aggregate = hasher.finish();
        let last = self.last.entry(aggregate).or_default();
        if event.sequence <= *last {
            self.missing.remove(&(aggregate, event.sequence));
            return Ok(());
        }
        let name = format!("{} {} of {}", event.aggregate_type, event.aggregate_id, published.source);
        if event.sequence - *last > SOME {
            bail!(lacks(&name, *last + 1));
        }
        for sequence in *last + 1..event.sequence {
            self.missing.insert((aggregate, sequence), name.clone());
        }
        *last = event.sequence;
        Ok(())
    }

    /// Refuses a log in which something is missing.
    pub(super) fn check(&self) -> Result<()> {
        match self.missing.first_key_value() {
            None => Ok(()),
            Some(((_, sequence), name)) => bail!(lacks(name, *sequence)),
        }
    }
}

fn lacks(aggregate: &str, sequence: u64) -> String {
    format!(
        "the log no longer has event {sequence} about {aggregate}, and the read models can't be made without what is gone"
    )
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn event(source: &str, sequence: u64) -> Event {
        Event {
            id: format!("{source}{sequence}"),
            kind: "lyceum.books.BookAdded.v1".into(),
            aggregate_type: "book".into(),
            aggregate_id: "b1".into(),
            sequence,
            body: Bytes::from(format!(r#"{{"source":"{source}","data":{{}}}}"#)),
        }
    }

    #[test]
    fn each_publisher_counts_its_own_events_and_may_publish_them_twice() {
        let mut complete = Complete::default();
        for (source, sequence) in [("a", 1), ("b", 1), ("a", 2), ("a", 2), ("a", 1), ("b", 2)] {
            complete.count(&event(source, sequence)).unwrap();
        }
        complete.check().unwrap();
    }

    #[test]
    fn what_comes_after_its_successor_is_not_missing() {
        let mut complete = Complete::default();
        complete.count(&event("a", 2)).unwrap();
        assert!(complete.check().unwrap_err().to_string().contains("event 1 about book b1 of a"));
        complete.count(&event("a", 1)).unwrap();
        complete.check().unwrap();
    }

    #[test]
    fn a_long_gap_is_told_at_once() {
        assert!(Complete::default().count(&event("a", SOME + 2)).is_err());
    }

    #[test]
    fn a_log_whose_first_events_are_gone_is_refused() {
        let record = |position| EventRecord {
            position,
            published_at: std::time::SystemTime::UNIX_EPOCH,
            event: event("a", 1),
        };
        Complete::begins(None).unwrap();
        Complete::begins(Some(&record(1))).unwrap();
        assert!(Complete::begins(Some(&record(2))).is_err());
    }
}
