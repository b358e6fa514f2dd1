//! `lyceum:mail/sender` on an SMTP server.
//!
//! It is configured with `url` and `from`, as `LYCEUM_MAIL` and `LYCEUM_MAIL_FROM` say them.

mod serve;

use anyhow::Result;
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};

use crate::bindings::mail::serve;
use crate::configuration::Configuration;
use crate::metrics;
use serve::MailProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = MailProvider::of(&Configuration::of_provider()?)?;
    let shutdown = run_provider(provider.clone(), "lyceum-mail").await?;
    metrics::answer_of_process().await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    serve_provider_exports(&client, provider, shutdown, serve).await
}
