//! One event on its way to a component, wherever on the lattice it runs.

use std::time::Duration;

use async_trait::async_trait;
use lyceum_events::{Delivery, Failure, Handler};
use wasmcloud_provider_sdk::get_connection;

use crate::absence::{is_absent, is_lost};
use crate::bindings::messaging::wasmcloud::messaging::handler::handle_message;
use crate::bindings::messaging::wasmcloud::messaging::types::BrokerMessage;
use crate::names::Names;
use crate::versions::Versions;

/// How long a component may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Hands events to the instances of one component, which share them by a queue group of NATS.
pub(super) struct ComponentHandler {
    versions: Versions,
    names: Names,
    /// The component's id.
    component: String,
}

impl ComponentHandler {
    /// For the component of this id, or versions of it.
    pub(super) fn new(application: &str, target: &str, versions: Versions) -> Self {
        let names = Names::of(application);
        let component = names.id(target).to_owned();
        Self { versions, names, component }
    }

    async fn call(&self, target: &str, message: &BrokerMessage) -> anyhow::Result<Result<(), String>> {
        let client = get_connection().get_wrpc_client(target).await?;
        handle_message(&client, None, message).await
    }
}

#[async_trait]
impl Handler for ComponentHandler {
    async fn handle(&self, delivery: Delivery) -> Result<(), Failure> {
        let body = delivery.body();
        let event = delivery.event;
        let target = self.versions.pick(&self.component, &event.id, delivery.attempt);
        let target = self.names.target(&target);
        let message = BrokerMessage { subject: event.kind, body, reply_to: None };
        let answered = tokio::time::timeout(TIMEOUT, self.call(&target, &message)).await;
        let failure = match answered {
            Ok(Ok(Ok(()))) => return Ok(()),
            Ok(Ok(Err(why))) => Failure::of_answer(why),
            Ok(Err(error)) if is_absent(&error) => {
                Failure::Unavailable("the component does not run".to_owned())
            }
            Ok(Err(error)) if is_lost(&error) => {
                Failure::Unavailable("the component's host is gone".to_owned())
            }
            // Who traps answers with nothing.
            Ok(Err(error)) => Failure::Failed(format!("{error:#}")),
            Err(_) => Failure::Unavailable("the component did not answer in time".to_owned()),
        };
        let (component, attempt) = (&target, delivery.attempt);
        tracing::debug!(component, event = event.id, attempt, error = %failure, "an event was not handled");
        Err(failure)
    }
}
