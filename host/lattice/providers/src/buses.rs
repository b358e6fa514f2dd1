//! Event buses, one for each that links name.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_events::{JetStreamBus, JetStreamOptions, Publisher};
use tokio::sync::Mutex;

/// The buses that are in use, by address and application.
#[derive(Clone, Default)]
pub(crate) struct Buses(Arc<Mutex<ByName>>);

type ByName = HashMap<(String, String), Arc<JetStreamBus>>;

impl Buses {
    /// The bus of this application at this address, connected to once.
    pub(crate) async fn bus(&self, url: &str, application: &str) -> Result<Arc<JetStreamBus>> {
        let mut buses = self.0.lock().await;
        let name = (url.to_owned(), application.to_owned());
        if let Some(bus) = buses.get(&name) {
            return Ok(Arc::clone(bus));
        }
        let bus = JetStreamBus::connect(url, application, JetStreamOptions::default()).await;
        let bus = bus.context("the event bus")?;
        buses.insert(name, Arc::clone(&bus));
        Ok(bus)
    }

    /// The same, for one who only publishes.
    pub(crate) async fn publisher(&self, url: &str, application: &str) -> Result<Arc<dyn Publisher>> {
        Ok(self.bus(url, application).await?)
    }
}
