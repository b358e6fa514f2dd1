//! What operators may look at: readiness, metrics, the mesh.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_events::EventBus;
use lyceum_runtime::Network;
use lyceum_sql::{Backend, Statement};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use serde::Serialize;

/// How long a database may take to answer before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// A view of a running application.
pub(crate) struct Overview {
    registry: Registry,
    network: Arc<Network>,
    bus: Arc<dyn EventBus>,
    databases: BTreeMap<String, Arc<dyn Backend>>,
    documents: BTreeMap<String, Arc<dyn lyceum_documents::Backend>>,
}

/// Whether the application can do its work.
#[derive(Serialize)]
pub(crate) struct Readiness {
    /// Whether everything is there.
    pub(crate) ready: bool,
    /// What is missing and why, by name.
    pub(crate) missing: BTreeMap<String, String>,
}

impl Overview {
    pub(super) fn new(
        registry: Registry,
        network: Arc<Network>,
        bus: Arc<dyn EventBus>,
        databases: BTreeMap<String, Arc<dyn Backend>>,
        documents: BTreeMap<String, Arc<dyn lyceum_documents::Backend>>,
    ) -> Self {
        Self { registry, network, bus, databases, documents }
    }

    /// Asks every database. A host without its event bus is ready: what happens waits in the databases.
    pub(crate) async fn readiness(&self) -> Readiness {
        let asked = self.databases.iter().map(|(service, database)| async move {
            let ping = Statement { text: "SELECT 1".into(), params: Vec::new(), expect_rows: None };
            let answer = database.query(vec![ping], Instant::now() + PATIENCE).await;
            answer.err().map(|error| (format!("sql of {service}"), error.to_string()))
        });
        let asked_documents = self.documents.iter().map(|(service, documents)| async move {
            let answer = tokio::time::timeout(PATIENCE, documents.pending(&[])).await;
            let why = match answer {
                Ok(Ok(_)) => return None,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            Some((format!("documents of {service}"), why))
        });
        let asked = futures::future::join(
            futures::future::join_all(asked),
            futures::future::join_all(asked_documents),
        );
        let (databases, documents) = asked.await;
        let missing: BTreeMap<_, _> = databases.into_iter().chain(documents).flatten().collect();
        Readiness { ready: missing.is_empty(), missing }
    }

    /// The state of the mesh, as JSON.
    pub(crate) fn mesh(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(&self.network.mesh().snapshot()).unwrap_or_default()
    }

    /// All metrics in the OpenMetrics text format.
    pub(crate) fn metrics(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = encode(&mut text, &self.registry);
        text.truncate(text.trim_end().trim_end_matches("# EOF").len());
        self.mesh_metrics(&mut text);
        self.event_metrics(&mut text);
        self.sql_metrics(&mut text);
        self.documents_metrics(&mut text);
        text.push_str("# EOF\n");
        text
    }

    fn mesh_metrics(&self, text: &mut String) {
        type Value = fn(&lyceum_mesh::DestinationSnapshot) -> u64;
        let snapshot = self.network.mesh().snapshot();
        let series: [(&str, &str, &str, Value); 7] = [
            ("mesh_calls_total", "counter", "Calls let through", |of| of.calls),
            ("mesh_failures_total", "counter", "Calls that failed", |of| of.failures),
            ("mesh_retries_total", "counter", "Calls made again", |of| of.retries),
            ("mesh_trips_total", "counter", "Times the circuit breaker opened", |of| of.trips),
            ("mesh_refused_open_total", "counter", "Calls refused by an open breaker", |of| of.refused.open),
            ("mesh_refused_full_total", "counter", "Calls refused by a full bulkhead", |of| of.refused.full),
            ("mesh_in_flight", "gauge", "Calls in flight", |of| of.in_flight as u64),
        ];
        for (name, kind, help, value) in series {
            let rows = snapshot.destinations.iter().map(|of| (of.name.clone(), value(of)));
            family(text, name, kind, help, "destination", rows);
        }
    }

    fn event_metrics(&self, text: &mut String) {
        type Value = fn(&lyceum_events::ConsumerStatistics) -> u64;
        let all = self.bus.statistics();
        let series: [(&str, &str, &str, Value); 7] = [
            ("events_delivered_total", "counter", "Events handled", |of| of.delivered),
            ("events_failed_total", "counter", "Attempts that failed", |of| of.failed),
            ("events_dead_total", "counter", "Events that became dead letters", |of| of.dead),
            ("events_redelivered_total", "counter", "Deliveries of events that came before", |of| {
                of.redelivered
            }),
            ("events_lag", "gauge", "Events not yet finished", |of| of.lag),
            ("events_blocked", "gauge", "Aggregates that wait for a failed event", |of| of.blocked),
            ("events_running", "gauge", "Events being handled", |of| of.running),
        ];
        for (name, kind, help, value) in series {
            let rows = all.iter().map(|of| (of.consumer.clone(), value(of)));
            family(text, name, kind, help, "consumer", rows);
        }
        let waits = all.iter().map(|of| (of.consumer.clone(), u64::from(of.lag == 0)));
        family(text, "events_idle", "gauge", "1 when nothing waits", "consumer", waits);
    }

    fn sql_metrics(&self, text: &mut String) {
        type Value = fn(&lyceum_sql::Statistics) -> u64;
        let series: [(&str, &str, Value); 4] = [
            ("sql_commits_total", "Transactions committed", |of| of.commits.get()),
            ("sql_batches_total", "Durable commits of the storage; one may hold many transactions", |of| {
                of.batches.get()
            }),
            ("sql_duplicates_total", "Transactions that had happened before", |of| of.duplicates.get()),
            ("sql_retries_total", "Transactions run again after a conflict", |of| of.retries.get()),
        ];
        for (name, help, value) in series {
            let rows = self.databases.iter().map(|(service, of)| (service.clone(), value(of.statistics())));
            family(text, name, "counter", help, "service", rows);
        }
    }

    fn documents_metrics(&self, text: &mut String) {
        type Value = fn(&lyceum_documents::Statistics) -> u64;
        let series: [(&str, &str, Value); 3] = [
            ("documents_writes_total", "Documents written", |of| of.writes.get()),
            ("documents_duplicates_total", "Writes that had happened before", |of| of.duplicates.get()),
            ("documents_retries_total", "Writes tried again after a conflict", |of| of.retries.get()),
        ];
        for (name, help, value) in series {
            let rows = self.documents.iter().map(|(service, of)| (service.clone(), value(of.statistics())));
            family(text, name, "counter", help, "service", rows);
        }
    }
}

/// Writes one metric family. Label values are component ids and the like, which need no escaping.
fn family(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    label: &str,
    rows: impl Iterator<Item = (String, u64)>,
) {
    use std::fmt::Write;
    let base = name.strip_suffix("_total").unwrap_or(name);
    let _ = write!(text, "# HELP lyceum_{base} {help}.\n# TYPE lyceum_{base} {kind}\n");
    for (of, value) in rows {
        let _ = writeln!(text, "lyceum_{name}{{{label}=\"{of}\"}} {value}");
    }
}
