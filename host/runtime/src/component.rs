//! One loaded component: compiled, linked, ready to be called.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lyceum_documents::{Collection, Index};
use lyceum_network::{Call, Fault};
use lyceum_sql::Migration;
use wasmtime::component::{Component as Compiled, InstancePre};
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::p2::bindings::ProxyIndices;

use crate::bindings::database::HasDatabaseIndices;
use crate::bindings::documented::HasDocumentsIndices;
use crate::bindings::documented::exports::lyceum::data::collections;
use crate::bindings::subscriber::HandlesEventsIndices;
use crate::guest::Guest;
use crate::limits::Limits;
use crate::links::Links;
use crate::network::Network;
use crate::outgoing::Outgoing;
use crate::pool::{Instance, Pool};
use crate::statistics::Statistics;

/// A component's file, compiled and linked to the host's interfaces, but not yet to any backend.
#[derive(Clone)]
pub struct Loaded {
    pre: InstancePre<Guest>,
    web: Option<Arc<ProxyIndices>>,
    events: Option<Arc<HandlesEventsIndices>>,
    database: Option<Arc<HasDatabaseIndices>>,
    documents: Option<Arc<HasDocumentsIndices>>,
}

impl Loaded {
    /// Compiles a component file's bytes, or takes the compiled code from the cache. The error of a
    /// component that imports something this host doesn't serve names that import.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Self> {
        let compiled = Compiled::new(engine, bytes)?;
        let linker = crate::capabilities::linker(engine)?;
        let pre = linker.instantiate_pre(&compiled)?;
        let web = ProxyIndices::new(&pre).ok().map(Arc::new);
        let events = HandlesEventsIndices::new(&pre).ok().map(Arc::new);
        let database = HasDatabaseIndices::new(&pre).ok().map(Arc::new);
        let documents = HasDocumentsIndices::new(&pre).ok().map(Arc::new);
        Ok(Self { pre, web, events, database, documents })
    }

    /// Whether it answers HTTP requests.
    pub fn is_web(&self) -> bool {
        self.web.is_some()
    }

    /// Whether it handles events.
    pub fn handles_events(&self) -> bool {
        self.events.is_some()
    }

    /// The migrations of its database, if it has one. They are read from the component itself, so
    /// nothing needs to be deployed; it has no links while it is asked.
    pub async fn migrations(&self, id: &str) -> Result<Option<Vec<Migration>>> {
        let Some(database) = &self.database else { return Ok(None) };
        let mut store = self.unlinked(id);
        let read = async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let schema = database.load(&mut store, &instance)?;
            schema.lyceum_data_schema().call_migrations(&mut store).await
        };
        let migrations = read
            .await
            .map_err(anyhow::Error::from)
            .with_context(|| format!("ask {id} for its migrations"))?;
        Ok(Some(
            migrations
                .into_iter()
                .map(|migration| Migration { id: migration.id, sql: migration.sql })
                .collect(),
        ))
    }

    /// The collections of its documents, if it has some; read as [`Loaded::migrations`] are.
    pub async fn collections(&self, id: &str) -> Result<Option<Vec<Collection>>> {
        let Some(documents) = &self.documents else { return Ok(None) };
        let mut store = self.unlinked(id);
        let read = async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let declared = documents.load(&mut store, &instance)?;
            declared.lyceum_data_collections().call_collections(&mut store).await
        };
        let collections = read
            .await
            .map_err(anyhow::Error::from)
            .with_context(|| format!("ask {id} for its collections"))?;
        let collection = |declared: collections::Collection| Collection {
            name: declared.name,
            indexes: declared
                .indexes
                .into_iter()
                .map(|index| Index { name: index.name, fields: index.fields })
                .collect(),
        };
        Ok(Some(collections.into_iter().map(collection).collect()))
    }

    /// For asking the component about itself.
    fn unlinked(&self, id: &str) -> Store<Guest> {
        let guest = Guest::new(
            id.into(),
            Arc::default(),
            Outgoing::new(id.into(), Weak::new()),
            64 << 20,
            crate::statistics::Metrics::register(&mut prometheus_client::registry::Registry::default())
                .component(id),
        );
        let mut store = Store::new(self.pre.engine(), guest);
        // A few seconds of computing: a component that loops here is refused, not waited for.
        store.set_epoch_deadline(2_000);
        store
    }
}

/// A component that can be called.
pub struct Component {
    pub(crate) id: Arc<str>,
    pub(crate) limits: Limits,
    pub(crate) statistics: Arc<Statistics>,
    pub(crate) pool: Pool,
    loaded: Loaded,
    links: Arc<Links>,
    network: Weak<Network>,
}

impl Component {
    /// Joins a loaded component with what stands behind its imports.
    pub fn new(
        id: &str,
        loaded: Loaded,
        links: Links,
        limits: Limits,
        network: Weak<Network>,
        statistics: Arc<Statistics>,
    ) -> Self {
        Self {
            id: id.into(),
            pool: Pool::new(&limits, Arc::clone(&statistics)),
            limits,
            statistics,
            loaded,
            links: Arc::new(links),
            network,
        }
    }

    /// The component's id in the manifest.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What a call of it may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Ends the instances that nothing has called for that long. The next call makes a new one, which takes a tenth
    /// of a millisecond.
    pub fn end_idle(&self, idle: Duration) {
        // At the machine's start there is no such moment, and nothing that waited so long.
        if let Some(moment) = Instant::now().checked_sub(idle) {
            self.pool.end_idle_since(moment);
        }
    }

    /// An idle instance, or a new one, prepared for this call.
    pub(crate) async fn instance(&self, call: Call) -> Result<Instance, Fault> {
        let mut instance = match self.pool.idle() {
            Some(instance) => instance,
            None => self.instantiate().await.map_err(|error| Fault::Trap(format!("{error:#}")))?,
        };
        instance.store.set_epoch_deadline(1);
        instance.store.data_mut().outgoing.call = call;
        Ok(instance)
    }

    async fn instantiate(&self) -> wasmtime::Result<Instance> {
        let guest = Guest::new(
            Arc::clone(&self.id),
            Arc::clone(&self.links),
            Outgoing::new(Arc::clone(&self.id), Weak::clone(&self.network)),
            self.limits.memory,
            Arc::clone(&self.statistics),
        );
        let mut store = Store::new(self.loaded.pre.engine(), guest);
        store.limiter(|guest| &mut guest.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let instance = self.loaded.pre.instantiate_async(&mut store).await?;
        let web = match &self.loaded.web {
            Some(web) => Some(web.load(&mut store, &instance)?),
            None => None,
        };
        let events = match &self.loaded.events {
            Some(events) => Some(events.load(&mut store, &instance)?),
            None => None,
        };
        self.statistics.instantiated.inc();
        Ok(Instance { store, web, events, uses: 0 })
    }
}
