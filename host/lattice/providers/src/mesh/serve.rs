//! Requests of components.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use http::{Request, Response};
use http_body_util::BodyExt;
use lyceum_network::{Call, Network, Unroutable};
use wasmcloud_provider_sdk::{Context, LinkConfig, Provider};
use wrpc_interface_http::bindings::wasi::http::types::ErrorCode;
use wrpc_interface_http::bindings::wrpc::http::types::RequestOptions;
use wrpc_interface_http::{HttpBody, ServeOutgoingHandlerHttp};

use super::cut_off::CutOff;
use super::transport::Lattice;

/// How long a call may take that says nothing about it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Ties together everything that one outside request led to.
const CORRELATION_ID: &str = "x-correlation-id";

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct MeshProvider(Arc<Inner>);

struct Inner {
    /// What the ids of components on the lattice begin with.
    prefix: String,
    network: Network<Lattice>,
}

impl MeshProvider {
    pub(super) fn new(application: &str, network: Network<Lattice>) -> Self {
        Self(Arc::new(Inner { prefix: format!("{application}-"), network }))
    }
}

impl Provider for MeshProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        tracing::info!(component = link.source_id, "linked");
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
        let sender = component.strip_prefix(&self.0.prefix).unwrap_or(&component);
        let patience =
            options.and_then(|options| options.first_byte_timeout).map_or(PATIENCE, Duration::from_nanos);
        let correlation_id =
            request.headers().get(CORRELATION_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        let call =
            Call { deadline: Instant::now() + patience.min(PATIENCE), correlation_id: correlation_id.into() };
        let request = request.map(BodyExt::boxed_unsync);
        Ok(match self.0.network.send(sender, request, call).await {
            Ok(response) => Ok(response.map(CutOff)),
            Err(Unroutable::Uri) => Err(ErrorCode::HttpRequestUriInvalid),
            Err(Unroutable::Outside) => Err(ErrorCode::HttpRequestDenied),
            Err(Unroutable::Unknown) => Err(ErrorCode::DestinationNotFound),
        })
    }
}
