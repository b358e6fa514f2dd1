//! Calls between components, by the same mesh as inside one process.
//!
//! wasmCloud's hosts send what a component requests as `wrpc:http/outgoing-handler`, and components answer
//! `wrpc:http/incoming-handler`: this provider stands between. It is configured with
//! - `application`: the name that the components' ids begin with;
//! - `components`: a JSON object of what each one may call, see [`settings`]; it may change at any time;
//! - `limits`: a JSON object of how many calls of a component may be in flight;
//! - `root_secret`: the hosts' secret, from which identities are signed;
//! - `outbound_private`, `outbound_roots`, `outbound_trace`: what requests to other hosts may reach, what they trust, and
//!   what they tell, see [`lyceum_outbound::Settings`];
//! - `weights`: how calls are shared between versions of a component, see [`crate::weights`]; it may change at any time.

mod cut_off;
mod outside;
mod serve;
mod settings;
mod transport;
mod whole;

use anyhow::{Context, Result};
use lyceum_network::Network;
use lyceum_outbound::Outside;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};
use wrpc_interface_http::{ServeHttp, bindings::exports::wrpc::http::outgoing_handler};

use crate::metrics;
use serve::MeshProvider;
use settings::Settings;
pub(crate) use transport::Lattice;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let settings = Settings::of_host()?;
    let network = Network::new(
        settings.mesh()?,
        settings.keyring(),
        settings.components().issuers(),
        Lattice::of(settings.application(), settings.components().ids()),
    );
    network.mesh().set_versions(settings.weights());
    let outside = Outside::new(network.mesh().clone(), settings.outbound()).context("outbound_roots")?;
    let application = settings.application().to_owned();
    let provider = MeshProvider::new(&application, network, outside, settings.into_components());
    let shutdown = run_provider(provider.clone(), "lyceum-mesh").await?;
    let shown = provider.clone();
    metrics::answer(move || {
        let failures = shown.outside().statistics().failures();
        [lyceum_metrics::mesh::of(shown.mesh()), lyceum_metrics::outbound::of(&failures)].concat()
    })
    .await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    let serving = serve_provider_exports(&client, ServeHttp(provider), shutdown, async |client, provider| {
        Ok(outgoing_handler::serve_interface(client, provider).await?.into())
    });
    Box::pin(serving).await
}
