//! What components keep in memory is there again before anybody is served.

use std::sync::Arc;
use std::time::Duration;

use lyceum_events::EventBus;
use tokio::sync::watch;
use tracing::{info, warn};

/// Between looks at a bus that may be gone.
const LOOK: Duration = Duration::from_secs(5);
/// How long it may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Says when the consumers have what is replayed at the start, or when the bus can't be reached: a host works on without
/// its bus, and what happened meanwhile comes when the bus does.
pub(super) fn watch(bus: &Arc<dyn EventBus>) -> watch::Receiver<bool> {
    let (caught_up, told) = watch::channel(false);
    let bus = Arc::clone(bus);
    tokio::spawn(async move {
        let all = bus.caught_up();
        tokio::pin!(all);
        loop {
            tokio::select! {
                () = &mut all => break,
                () = tokio::time::sleep(LOOK) => {}
            }
            if let Err(error) = bus.ping(TIMEOUT).await {
                warn!(%error, "components lack what the event bus has not told them yet");
                break;
            }
            info!("components are still told what happened before the start");
        }
        caught_up.send_replace(true);
    });
    told
}
