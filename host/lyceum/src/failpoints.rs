//! Ends the whole process group at a chosen point, as a power cut would, or makes a point slow. Only in test builds.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const VARIABLE: &str = "LYCEUM_KILL_AT";
const SLOW: &str = "LYCEUM_SLOW_AT";

/// Reads `LYCEUM_KILL_AT=<failpoint>:<nth hit>` and `LYCEUM_SLOW_AT=<failpoint>:<milliseconds>`, if they are set.
pub(crate) fn arm() -> Result<()> {
    if let Ok(text) = std::env::var(SLOW) {
        let (name, time) =
            text.rsplit_once(':').with_context(|| format!("{SLOW} must be <failpoint>:<milliseconds>"))?;
        fail::cfg(name, &format!("sleep({time})"))
            .map_err(|error| anyhow::anyhow!("make the failpoint {name} slow: {error}"))?;
    }
    let Ok(text) = std::env::var(VARIABLE) else { return Ok(()) };
    let (name, hit) =
        text.rsplit_once(':').with_context(|| format!("{VARIABLE} must be <failpoint>:<hit>"))?;
    let hit: u64 = hit.parse().with_context(|| format!("{VARIABLE}: {hit:?} is not a number"))?;
    let hits = AtomicU64::new(0);
    let die = move || {
        if hits.fetch_add(1, Ordering::SeqCst) + 1 == hit {
            // 0 is this process's own group. There is nothing to do should it fail.
            let _ = kill(Pid::from_raw(0), Signal::SIGKILL);
        }
    };
    fail::cfg_callback(name, die).map_err(|error| anyhow::anyhow!("arm the failpoint {name}: {error}"))
}
