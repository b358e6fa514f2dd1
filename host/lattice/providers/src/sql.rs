//! `lyceum:data/sql` on the databases of `lyceum-sql`.
//!
//! It is configured with `connections`: how many it opens to each PostgreSQL server at most, 16 without it. A link to it is configured
//! with
//! - `service`: whose database it is;
//! - `publishes`: a JSON list of the kinds of event that the service may publish;
//! - `url`: where, as `LYCEUM_SQL` says it: `postgres://...`;
//! - `events` and `application`: the bus that the database's events are published on.

mod convert;
mod links;
mod serve;

use anyhow::Result;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};

use crate::bindings::sql::serve;
use crate::configuration::Configuration;
use crate::metrics;
use links::SqlProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = SqlProvider::of(&Configuration::of_provider()?)?;
    let shutdown = run_provider(provider.clone(), "lyceum-sql").await?;
    let shown = provider.clone();
    metrics::answer(move || lyceum_metrics::sql::of(&shown.by_service())).await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    Box::pin(serve_provider_exports(&client, provider, shutdown, serve)).await
}
