//! Which component is given which events.

use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_events::{EventBus, RetryPolicy, Start, Subscription};
use lyceum_manifest::{Beginning, Component as Declared, Mode};
use lyceum_runtime::{EventHandler, Network};

/// One consumer for each mode, since a projection can be rebuilt and a reaction can't.
pub(super) async fn subscribe(bus: &dyn EventBus, network: &Network, declared: &Declared) -> Result<()> {
    let Some(component) = network.component(&declared.id) else { return Ok(()) };
    for (mode, name) in [(Mode::Projection, "projection"), (Mode::Reaction, "reaction")] {
        let wanted: Vec<_> = declared.subscriptions.iter().filter(|wanted| wanted.mode == mode).collect();
        if wanted.is_empty() {
            continue;
        }
        let consumer = format!("{}/{name}", declared.id);
        let mut retry = RetryPolicy::default();
        if let Some(patience) = wanted.iter().filter_map(|wanted| wanted.patience).max() {
            retry.patience = patience;
        }
        let start = |from| match from {
            Beginning::Log => Start::Beginning,
            Beginning::Now => Start::Now,
        };
        let subscription = Subscription {
            concurrency: wanted.iter().map(|wanted| wanted.concurrency).max().unwrap_or(1),
            mode: match mode {
                Mode::Projection => lyceum_events::Mode::Projection,
                Mode::Reaction => lyceum_events::Mode::Reaction,
            },
            replay_at_start: wanted.iter().filter_map(|wanted| wanted.replay_at_start).max(),
            starts: wanted.iter().map(|wanted| (wanted.kind.clone(), start(wanted.from))).collect(),
            retry,
            ..Subscription::new(&consumer, wanted.iter().map(|wanted| wanted.kind.clone()))
        };
        let handler = Arc::new(EventHandler::new(Arc::clone(component)));
        bus.subscribe(subscription, handler).await.with_context(|| format!("subscribe {consumer}"))?;
    }
    Ok(())
}
