//! Figures of this process, for the host that started it.
//!
//! The host asks all copies of a provider on one subject, and says who is meant: only its own answers. `lyceum-lattice metrics`
//! gathers what hosts gather.

use futures::StreamExt;
use lyceum_metrics::{Family, process};
use wasmcloud_provider_sdk::get_connection;

/// Answers from now on, with the figures of the process and those that `of` gives.
pub(crate) async fn answer(of: impl Fn() -> Vec<Family> + Send + 'static) -> anyhow::Result<()> {
    let connection = get_connection();
    let subject = format!("wasmbus.rpc.{}.{}.metrics", connection.lattice, connection.provider_key());
    let mut requests = connection.nats.subscribe(subject).await?;
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            let Some(reply) = request.reply else { continue };
            if *request.payload != *connection.host_id.as_bytes() {
                continue;
            }
            let mut families = process::of_this();
            families.extend(of());
            // Families of texts and numbers always have a JSON form.
            let answer = serde_json::to_vec(&families).unwrap_or_default();
            if let Err(error) = connection.nats.publish(reply, answer.into()).await {
                tracing::debug!(%error, "the host was not told the figures");
            }
        }
    });
    Ok(())
}

/// The same for a provider that has no more to say.
pub(crate) async fn answer_of_process() -> anyhow::Result<()> {
    answer(Vec::new).await
}
