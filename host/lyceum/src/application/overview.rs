//! What operators may look at: readiness, metrics, the mesh.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_events::EventBus;
use lyceum_keyvalue::MemoryStore;
use lyceum_live::Hub;
use lyceum_runtime::Network;
use lyceum_sql::{Backend, Statement};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use serde::Serialize;
use tokio::sync::watch;

/// How long a database may take to answer before it counts as gone.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A view of a running application.
pub(crate) struct Overview {
    registry: Registry,
    network: Arc<Network>,
    bus: Arc<dyn EventBus>,
    databases: BTreeMap<String, Arc<dyn Backend>>,
    documents: BTreeMap<String, Arc<dyn lyceum_documents::Backend>>,
    caught_up: watch::Receiver<bool>,
    /// The buckets, if they are in this process.
    buckets: Option<MemoryStore>,
    live: Option<Arc<Hub>>,
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
        caught_up: watch::Receiver<bool>,
        buckets: Option<MemoryStore>,
    ) -> Self {
        Self { registry, network, bus, databases, documents, caught_up, buckets, live: None }
    }

    /// With what keeps streams.
    pub(super) fn with_live(self, live: Arc<Hub>) -> Self {
        Self { live: Some(live), ..self }
    }

    /// Returns once components have in memory what they had before the start.
    pub(crate) async fn caught_up(&self) {
        // Only a runtime that shuts down gives no answer.
        drop(self.caught_up.clone().wait_for(|caught_up| *caught_up).await);
    }

    /// Asks every database. A host without its event bus is ready: what happens waits in the databases. One that has a bus
    /// and doesn't know yet which sessions have ended is not.
    pub(crate) async fn readiness(&self) -> Readiness {
        let asked = self.databases.iter().map(|(service, database)| async move {
            let ping = Statement { text: "SELECT 1".into(), params: Vec::new(), expect_rows: None };
            let answer = database.query(vec![ping], Instant::now() + TIMEOUT).await;
            answer.err().map(|error| (format!("sql of {service}"), error.to_string()))
        });
        let asked_documents = self.documents.iter().map(|(service, documents)| async move {
            let answer = tokio::time::timeout(TIMEOUT, documents.pending(&[])).await;
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
        let catching_up = !*self.caught_up.borrow();
        let events = catching_up
            .then(|| ("events".to_owned(), "what is kept in memory is not complete yet".to_owned()));
        let missing: BTreeMap<_, _> =
            databases.into_iter().chain(documents).flatten().chain(events).collect();
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
        let databases: Vec<_> = self.databases.clone().into_iter().collect();
        let documents: Vec<_> = self.documents.clone().into_iter().collect();
        let failures = self.network.outside().map(|outside| outside.statistics().failures());
        let families = [
            lyceum_metrics::mesh::of(self.network.mesh()),
            lyceum_metrics::outbound::of(&failures.unwrap_or_default()),
            lyceum_metrics::events::of(self.bus.statistics()),
            lyceum_metrics::sql::of(&databases),
            lyceum_metrics::documents::of(&documents),
            self.live.as_ref().map(|live| lyceum_metrics::live::of(live.figures())).unwrap_or_default(),
            self.buckets.as_ref().map(lyceum_metrics::keyvalue::of).unwrap_or_default(),
        ];
        text.push_str(&lyceum_metrics::text(&families.concat()));
        text.push_str("# EOF\n");
        text
    }
}
