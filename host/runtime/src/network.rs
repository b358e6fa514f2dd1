//! How components of this process reach each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use http::{Request, Response};
use http_body_util::BodyExt;
use lyceum_mesh::identity::Keyring;
use lyceum_mesh::{Destination, Mesh};
use lyceum_network::{Call, Fault, Transport, Unroutable};
use lyceum_outbound::Asked;
use tokio::time::MissedTickBehavior;
use tracing::warn;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::component::Component;
use crate::outside::{self, Outside};

/// The components of one application, the mesh between them, and the way outside.
pub struct Network {
    inside: lyceum_network::Network<Components>,
    outside: Option<Outside>,
}

impl Network {
    /// A network without components. Only the `issuers` may say on whose behalf they call. Without `outside`,
    /// every request to another host is denied.
    pub fn new(
        mesh: Mesh,
        keyring: Keyring,
        issuers: BTreeSet<String>,
        outside: Option<Outside>,
    ) -> Arc<Self> {
        let inside = lyceum_network::Network::new(mesh, keyring, issuers, Components::default());
        Arc::new(Self { inside, outside })
    }

    /// The way outside, if there is one.
    pub fn outside(&self) -> Option<&Outside> {
        self.outside.as_ref()
    }

    /// Adds the components, once: they know the network, so it is there before them. A second call
    /// changes nothing.
    pub fn connect(&self, components: impl IntoIterator<Item = Arc<Component>>) {
        let components =
            components.into_iter().map(|component| (component.id().to_owned(), component)).collect();
        if self.inside.transport().0.set(components).is_err() {
            warn!("the network was connected before; its components stay as they are");
        }
    }

    /// The mesh, whose state operators want to see.
    pub fn mesh(&self) -> &Mesh {
        self.inside.mesh()
    }

    /// All components, sorted by id.
    pub fn components(&self) -> impl Iterator<Item = &Arc<Component>> {
        self.inside.transport().0.get().into_iter().flat_map(BTreeMap::values)
    }

    /// From now on, instances that nothing has called for `idle` end, until the network is dropped.
    pub fn end_idle_instances(self: &Arc<Self>, idle: Duration) {
        let network = Arc::downgrade(self);
        // Looked for twice in that time, so an instance lives at most half as long again.
        let mut looks = tokio::time::interval((idle / 2).max(Duration::from_millis(1)));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            loop {
                looks.tick().await;
                let Some(network) = network.upgrade() else { return };
                network.components().for_each(|component| component.end_idle(idle));
            }
        });
    }

    /// The component with this id.
    pub fn component(&self, id: &str) -> Option<&Arc<Component>> {
        self.inside.transport().component(id)
    }

    /// Sends a request of the component `sender`, which waits for the answer's head for `first_byte` if it says so.
    pub(crate) async fn send(
        &self,
        sender: &str,
        request: Request<WasiBody>,
        mut call: Call,
        first_byte: Option<Duration>,
    ) -> Result<Response<WasiBody>, Error> {
        let destination = Destination::of(request.uri()).map_err(|_| Error::HttpRequestUriInvalid)?;
        if destination.component_id().is_none() {
            let outside = self.outside.as_ref().ok_or(Error::HttpRequestDenied)?;
            let answered = outside.send(sender, request, Asked { call, first_byte }).await;
            let response = answered.map_err(outside::error)?;
            return Ok(response.map(|body| body.map_err(outside::error).boxed_unsync()));
        }
        // A guest may ask for less time than is left, never for more.
        if let Some(patience) = first_byte {
            call.deadline = call.deadline.min(Instant::now() + patience);
        }
        self.inside.send(sender, request, call).await.map_err(|unroutable| match unroutable {
            Unroutable::Uri => Error::HttpRequestUriInvalid,
            Unroutable::Outside => Error::HttpRequestDenied,
            Unroutable::Unknown => Error::DestinationNotFound,
        })
    }
}

/// The components, called in this process with no socket and no copy of a body.
#[derive(Default)]
struct Components(OnceLock<BTreeMap<String, Arc<Component>>>);

impl Components {
    fn component(&self, id: &str) -> Option<&Arc<Component>> {
        self.0.get()?.get(id)
    }
}

impl Transport for Components {
    type Error = Error;

    fn knows(&self, id: &str) -> bool {
        self.component(id).is_some()
    }

    async fn answer(
        &self,
        id: &str,
        request: Request<WasiBody>,
        call: Call,
    ) -> Result<Response<WasiBody>, Fault> {
        // A version that the mesh prefers may not be here.
        let component = self.component(id).ok_or(Fault::NotServed)?;
        let limit = Instant::now() + component.limits().wall_clock;
        component.answer(request, Call { deadline: call.deadline.min(limit), ..call }).await
    }
}
