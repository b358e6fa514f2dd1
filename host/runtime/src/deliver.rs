//! Hands the bus's events to a component.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::{Delivery, Failure, Handler};
use lyceum_network::{Call, Fault};
use serde::Deserialize;
use tracing::{debug, warn};

use crate::component::Component;

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
    async fn handle(&self, delivery: Delivery) -> Result<(), Failure> {
        let body = delivery.body();
        let Delivery { event, attempt, .. } = delivery;
        let attributes: Attributes = serde_json::from_slice(&event.body).unwrap_or_default();
        let correlation_id: Arc<str> = attributes.correlation_id.unwrap_or_else(|| event.id.clone()).into();
        let deadline = Instant::now() + self.component.limits().wall_clock;
        let call = Call { deadline, correlation_id: Arc::clone(&correlation_id) };
        let handled = self.component.deliver(event.kind.clone(), body, call).await;
        let failure = match handled {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => Failure::of_answer(why),
            Err(fault) => {
                self.component.statistics.messages_failed.inc();
                let reason = fault.to_string();
                match fault {
                    // Who waits too long for others is not to blame; who computes too long is.
                    Fault::Busy | Fault::Absent | Fault::Deadline => Failure::Unavailable(reason),
                    _ => Failure::Failed(reason),
                }
            }
        };
        let (component, correlation_id) = (self.component.id(), &*correlation_id);
        let (event, kind, error) = (event.id, event.kind, failure.to_string());
        if let Failure::Failed(_) = failure {
            let message = "an event was not handled and will be delivered again";
            warn!(component, correlation_id, event, kind, attempt, error, "{message}");
        } else {
            // The bus tells what becomes of these; of those that wait only now and then: there are many.
            debug!(component, correlation_id, event, kind, error, "an event was not handled");
        }
        Err(failure)
    }
}
