//! Hands the bus's events to a component.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::{Delivery, Handler};
use serde::Deserialize;
use tracing::warn;

use crate::component::Component;
use crate::guest::Call;

/// What the bus calls for a subscribing component.
pub struct EventHandler {
    component: Arc<Component>,
}

impl EventHandler {
    /// Events go to this component.
    pub fn new(component: Arc<Component>) -> Self {
        Self { component }
    }
}

/// The one attribute of a CloudEvent that the host itself reads.
#[derive(Default, Deserialize)]
struct Attributes {
    #[serde(default, rename = "correlationid")]
    correlation_id: Option<String>,
}

#[async_trait]
impl Handler for EventHandler {
    async fn handle(&self, delivery: Delivery) -> Result<(), String> {
        let Delivery { event, attempt } = delivery;
        let attributes: Attributes = serde_json::from_slice(&event.body).unwrap_or_default();
        let correlation_id: Arc<str> = attributes.correlation_id.unwrap_or_else(|| event.id.clone()).into();
        let deadline = Instant::now() + self.component.limits().wall_clock;
        let call = Call { deadline, correlation_id: Arc::clone(&correlation_id) };
        let handled = self.component.deliver(event.kind.clone(), event.body, call).await;
        let error = match handled {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => why,
            Err(fault) => {
                self.component.statistics.messages_failed.inc();
                fault.to_string()
            }
        };
        warn!(
            component = self.component.id(),
            correlation_id = &*correlation_id,
            event = event.id,
            kind = event.kind,
            attempt,
            error,
            "an event was not handled and will be delivered again"
        );
        Err(error)
    }
}
