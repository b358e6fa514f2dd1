//! What the copies know of the events that were published after progress was copied.
//!
//! An event that its publisher's copy doesn't know never was. One that waits in its publisher's outbox is published from
//! there. So every event is in one place.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use lyceum_events::Event;
use lyceum_sql::backup::Aggregate;
use serde::Deserialize;

use super::databases::Database;

/// An event's publisher, as the CloudEvent names it.
#[derive(Deserialize)]
struct Envelope {
    source: String,
}

/// Of which aggregates something is to be known, by service.
#[derive(Default)]
pub(crate) struct Wanted(HashMap<String, HashSet<Aggregate>>);

impl Wanted {
    pub(crate) fn add(&mut self, event: &Event) {
        if let Some(service) = publisher(event) {
            let aggregate = (event.aggregate_type.clone(), event.aggregate_id.clone());
            self.0.entry(service).or_default().insert(aggregate);
        }
    }

    /// The aggregates of one service.
    pub(crate) fn of(&self, service: &str) -> Vec<Aggregate> {
        self.0.get(service).into_iter().flatten().cloned().collect()
    }
}

/// What the copies know.
#[derive(Default)]
pub(crate) struct Known {
    last: HashMap<String, HashMap<Aggregate, u64>>,
    waiting: HashSet<String>,
}

impl Known {
    /// Asks the databases.
    pub(crate) async fn ask(&mut self, databases: &[Database], wanted: &Wanted) -> Result<()> {
        for database in databases {
            let asked = || format!("ask {database} for its events");
            let found = database.source.last_events(&wanted.of(&database.service)).await;
            self.add(&database.service, found.with_context(asked)?);
            self.add_waiting(database.source.waiting().await.with_context(asked)?);
        }
        Ok(())
    }

    /// Adds how many events a service's aggregates have.
    pub(crate) fn add(&mut self, service: &str, last: HashMap<Aggregate, u64>) {
        let known = self.last.entry(service.to_owned()).or_default();
        for (aggregate, last) in last {
            let known = known.entry(aggregate).or_default();
            *known = last.max(*known);
        }
    }

    /// Adds events that wait in an outbox.
    pub(crate) fn add_waiting(&mut self, ids: impl IntoIterator<Item = String>) {
        self.waiting.extend(ids);
    }

    /// Whether it waits in its publisher's outbox.
    pub(crate) fn waits(&self, event: &Event) -> bool {
        self.waiting.contains(&event.id)
    }

    /// Whether its publisher's copy knows it. Nobody knows what no service published.
    pub(crate) fn knows(&self, event: &Event) -> bool {
        let aggregate = (event.aggregate_type.clone(), event.aggregate_id.clone());
        let last = publisher(event).and_then(|service| self.last.get(&service)?.get(&aggregate).copied());
        last.is_some_and(|last| event.sequence <= last)
    }
}

/// The service that published it, if one did.
fn publisher(event: &Event) -> Option<String> {
    let envelope: Envelope = serde_json::from_slice(&event.body).ok()?;
    envelope.source.strip_prefix("/services/").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, source: &str, sequence: u64) -> Event {
        Event {
            id: id.into(),
            kind: "k".into(),
            aggregate_type: "user".into(),
            aggregate_id: "1".into(),
            sequence,
            body: format!(r#"{{"source": "{source}"}}"#).into(),
        }
    }

    #[test]
    fn an_event_is_known_to_its_own_publisher_alone() {
        let mut known = Known::default();
        known.add("auth", HashMap::from([(("user".to_owned(), "1".to_owned()), 2)]));
        known.add_waiting(["b".to_owned()]);
        assert!(known.knows(&event("a", "/services/auth", 2)));
        assert!(!known.knows(&event("a", "/services/auth", 3)));
        assert!(!known.knows(&event("a", "/services/users", 1)));
        assert!(!known.knows(&event("tick-minute-1", "/platform/ticks", 1)));
        assert!(known.waits(&event("b", "/services/auth", 2)));
        assert!(!known.waits(&event("a", "/services/auth", 2)));
        let mut wanted = Wanted::default();
        wanted.add(&event("a", "/services/auth", 2));
        assert_eq!((wanted.of("auth").len(), wanted.of("users").len()), (1, 0));
    }
}
