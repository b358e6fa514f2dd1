//! Calls between components, by the same mesh as inside one process.
//!
//! wasmCloud's hosts send what a component requests as `wrpc:http/outgoing-handler`, and components answer
//! `wrpc:http/incoming-handler`: this provider stands between. It is configured with
//! - `application`: the name that the components' ids begin with;
//! - `components`: a JSON object of what each one may call, see [`settings`];
//! - `root_secret`: the hosts' secret, from which identities are signed.

mod cut_off;
mod serve;
mod settings;
mod transport;

use anyhow::Result;
use lyceum_network::Network;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};
use wrpc_interface_http::{ServeHttp, bindings::exports::wrpc::http::outgoing_handler};

use serve::MeshProvider;
use settings::Settings;
use transport::Lattice;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let settings = Settings::of_host()?;
    let network = Network::new(
        settings.mesh()?,
        settings.keyring(),
        settings.issuers(),
        Lattice::of(settings.application(), settings.ids()),
    );
    let provider = MeshProvider::new(settings.application(), network);
    let shutdown = run_provider(provider.clone(), "lyceum-mesh").await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    let serving = serve_provider_exports(&client, ServeHttp(provider), shutdown, async |client, provider| {
        Ok(outgoing_handler::serve_interface(client, provider).await?.into())
    });
    Box::pin(serving).await
}
