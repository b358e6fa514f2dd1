//! Requests of components.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Result;
use http::{Request, Response};
use http_body_util::BodyExt;
use lyceum_mesh::{Destination, Mesh};
use lyceum_network::{Call, Network, Unroutable};
use lyceum_outbound::{Asked, Outside};
use wasmcloud_provider_sdk::{Context, LinkConfig, Provider, ProviderConfigUpdate};
use wrpc_interface_http::bindings::wasi::http::types::ErrorCode;
use wrpc_interface_http::bindings::wrpc::http::types::RequestOptions;
use wrpc_interface_http::{HttpBody, ServeOutgoingHandlerHttp};

use super::cut_off::CutOff;
use super::outside;
use super::settings::Components;
use super::transport::Lattice;
use super::whole::Whole;
use crate::names::Names;
use crate::weights;

/// Ties together everything that one outside request led to.
const CORRELATION_ID: &str = "x-correlation-id";

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct MeshProvider(Arc<Inner>);

struct Inner {
    names: Names,
    network: Network<Lattice>,
    outside: Outside<anyhow::Error>,
    components: RwLock<Components>,
}

impl MeshProvider {
    pub(super) fn new(
        application: &str,
        network: Network<Lattice>,
        outside: Outside<anyhow::Error>,
        components: Components,
    ) -> Self {
        let (names, components) = (Names::of(application), RwLock::new(components));
        Self(Arc::new(Inner { names, network, outside, components }))
    }

    /// The way to other hosts.
    pub(super) fn outside(&self) -> &Outside<anyhow::Error> {
        &self.0.outside
    }

    /// What requests pass through.
    pub(super) fn mesh(&self) -> &Mesh {
        self.0.network.mesh()
    }
}

impl Inner {
    /// From now on these are the components. Who is new among them has the limits that nobody was given others for.
    fn take_over(&self, components: Components) -> Result<()> {
        self.network.mesh().set_policies(components.policies()?);
        self.network.set_issuers(components.issuers());
        self.network.transport().set_components(components.ids());
        *self.components.write().unwrap_or_else(PoisonError::into_inner) = components;
        Ok(())
    }

    fn patience(&self, component: &str) -> Duration {
        self.components.read().unwrap_or_else(PoisonError::into_inner).patience(component)
    }
}

impl Provider for MeshProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        tracing::info!(component = link.source_id, "linked");
        Ok(())
    }

    async fn on_config_update(&self, update: impl ProviderConfigUpdate) -> Result<()> {
        let settings = update.get_values();
        let mesh = self.0.network.mesh();
        if let Some(weights) = weights::changed(&mesh.weights(), settings)? {
            mesh.set_versions(weights);
        }
        if let Some(components) = Components::of(settings)? {
            self.0.take_over(components)?;
        }
        Ok(())
    }
}

impl ServeOutgoingHandlerHttp<Option<Context>> for MeshProvider {
    #[expect(refining_impl_trait, reason = "nobody else sees the type")]
    async fn handle(
        &self,
        context: Option<Context>,
        request: Request<HttpBody>,
        options: Option<RequestOptions>,
    ) -> Result<Result<Response<CutOff>, ErrorCode>> {
        let component = context.and_then(|context| context.component).unwrap_or_default();
        let sender = self.0.names.id(&component);
        let longest = self.0.patience(sender);
        let first_byte = options.and_then(|options| options.first_byte_timeout).map(Duration::from_nanos);
        let correlation_id =
            request.headers().get(CORRELATION_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        let mut call = Call { deadline: Instant::now() + longest, correlation_id: correlation_id.into() };
        let Ok(destination) = Destination::of(request.uri()) else {
            return Ok(Err(ErrorCode::HttpRequestUriInvalid));
        };
        if destination.component_id().is_none() {
            let answered = self.0.outside.send(sender, Whole::of(request), Asked { call, first_byte }).await;
            let answered = answered.map(|response| {
                response.map(|body| CutOff(body.map_err(anyhow::Error::from).boxed_unsync()))
            });
            return Ok(answered.map_err(outside::code));
        }
        if let Some(patience) = first_byte {
            call.deadline = call.deadline.min(Instant::now() + patience);
        }
        Ok(match self.0.network.send(sender, Whole::of(request), call).await {
            Ok(response) => Ok(response.map(CutOff)),
            Err(Unroutable::Uri) => Err(ErrorCode::HttpRequestUriInvalid),
            Err(Unroutable::Outside) => Err(ErrorCode::HttpRequestDenied),
            Err(Unroutable::Unknown) => Err(ErrorCode::DestinationNotFound),
        })
    }
}
