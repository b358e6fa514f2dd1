//! This process, as the machine's operator sees it.

use std::os::unix::process::parent_id;
use std::time::Duration;

/// How often it is looked whether the host is still there.
const LOOK: Duration = Duration::from_millis(250);

/// Has `ps` and `top` show the role: the program's file has a name that says nothing.
pub(crate) fn take_name(role: &str) {
    // The kernel keeps the first 15 bytes.
    if let Err(error) = std::fs::write("/proc/self/comm", format!("lyceum-{role}")) {
        tracing::debug!(%error, "the process keeps its name");
    }
}

/// Comes back when the host that started this process is gone. Nobody would know of a provider without a host, or end it,
/// and it would keep its address from the provider that takes its place.
pub(crate) async fn host_is_gone(host: u32) {
    while parent_id() == host {
        tokio::time::sleep(LOOK).await;
    }
}
