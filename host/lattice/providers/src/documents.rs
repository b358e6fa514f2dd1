//! `lyceum:data/documents` on the stores of `lyceum-documents`.
//!
//! A link to it is configured with
//! - `service`: whose documents they are;
//! - `publishes`: a JSON list of the kinds of event that the service may publish;
//! - `url`: where, as `LYCEUM_DOCUMENTS` says it: `mongodb://...`, with `{service}` for the service's name;
//! - `events` and `application`: the bus that the documents' events are published on.

mod convert;
mod links;
mod serve;

use anyhow::Result;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};

use crate::bindings::documents::serve;
use crate::metrics;
use links::DocumentsProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = DocumentsProvider::default();
    let shutdown = run_provider(provider.clone(), "lyceum-documents").await?;
    let shown = provider.clone();
    metrics::answer(move || lyceum_metrics::documents::of(&shown.by_service())).await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    Box::pin(serve_provider_exports(&client, provider, shutdown, serve)).await
}
