//! Ends the whole process group at a chosen point, as a power cut would. Only in test builds.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const VARIABLE: &str = "LYCEUM_KILL_AT";

/// Reads `LYCEUM_KILL_AT=<failpoint>:<nth hit>`, if it is set.
pub(crate) fn arm() -> Result<()> {
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
