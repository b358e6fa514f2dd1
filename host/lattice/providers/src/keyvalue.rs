//! `wasi:keyvalue` on the stores of `lyceum-keyvalue`.
//!
//! A link to it is configured with
//! - `service` and `application`: whose buckets they are;
//! - `url`: where, as `LYCEUM_KEYVALUE` says it: `redis://...`;
//! - `buckets`: a JSON object of the buckets that the component has, each with its `time_to_live` in seconds and the number
//!   of its `entries`, if they are bounded.

mod links;
mod serve;

use anyhow::Result;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};

use crate::bindings::keyvalue::serve;
use crate::metrics;
use links::KeyvalueProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = KeyvalueProvider::default();
    let shutdown = run_provider(provider.clone(), "lyceum-keyvalue").await?;
    metrics::answer_of_process().await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    Box::pin(serve_provider_exports(&client, provider, shutdown, serve)).await
}
