//! The way to a component, wherever on the lattice it runs.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use anyhow::Error;
use async_nats::connection::State;
use futures::StreamExt;
use http::{Request, Response};
use http_body_util::BodyExt;
use lyceum_network::{BoxBody, Call, Fault, Transport};
use wasmcloud_provider_sdk::get_connection;
use wrpc_interface_http::InvokeIncomingHandler;

use crate::absence::is_absent;
use crate::names::Names;

/// How long the rest of a request's body may take once its time is over: a body that broke off never ends.
const GRACE: Duration = Duration::from_secs(10);

/// The components of an application on a lattice. Its instances share the requests by a queue group of NATS.
pub(crate) struct Lattice {
    names: Names,
    components: RwLock<BTreeSet<String>>,
}

impl Lattice {
    pub(crate) fn of(application: &str, components: BTreeSet<String>) -> Self {
        Self { names: Names::of(application), components: RwLock::new(components) }
    }

    /// From now on these are the components.
    pub(super) fn set_components(&self, components: BTreeSet<String>) {
        *self.components.write().unwrap_or_else(PoisonError::into_inner) = components;
    }
}

impl Transport for Lattice {
    type Error = Error;

    fn knows(&self, id: &str) -> bool {
        self.components.read().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    async fn answer(
        &self,
        id: &str,
        request: Request<BoxBody<Error>>,
        call: Call,
    ) -> Result<Response<BoxBody<Error>>, Fault> {
        let unusable = |error: Error| {
            tracing::debug!(component = id, error = format!("{error:#}"), "a call broke off");
            // Who traps answers with nothing, and that is also what becomes of who lost a provider that it was calling.
            if is_absent(&error) { Fault::Absent } else { Fault::Lost(format!("{error:#}")) }
        };
        // Without NATS nobody is reached, and what is sent now would arrive once it is back, when nobody waits for it any more.
        if get_connection().nats.connection_state() != State::Connected {
            return Err(Fault::Absent);
        }
        let client = get_connection().get_wrpc_client(&self.names.target(id)).await.map_err(unusable)?;
        let asking = client.invoke_handle_http(None, request);
        let asked = tokio::time::timeout_at(call.deadline.into(), asking).await;
        let (response, errors, sending) = asked.map_err(|_| Fault::Deadline)?.map_err(unusable)?;
        // The request's body is still on its way.
        tokio::spawn(
            errors.for_each(|error| async move { tracing::debug!(%error, "a request's body broke off") }),
        );
        if let Some(sending) = sending {
            tokio::spawn(tokio::time::timeout_at((call.deadline + GRACE).into(), sending));
        }
        match response {
            Ok(response) => Ok(response.map(BodyExt::boxed_unsync)),
            Err(code) => Err(Fault::Trap(format!("it answered with the error {code:?}"))),
        }
    }
}
