//! Memory that is free goes back to the system.

use std::hint::black_box;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How often it is looked for.
const PERIOD: Duration = Duration::from_secs(5);
/// Bytes that the allocator takes from the system's pages, not from those that a thread has for small things.
const LARGE: usize = 4 << 20;

/// Gives back what is free for as long as this lives.
#[derive(Debug)]
pub(crate) struct GivingBack(JoinHandle<()>);

impl GivingBack {
    /// Starts, inside of a tokio runtime.
    ///
    /// The allocator keeps pages that were freed for a second, and looks for such only when another one is freed. After
    /// a start or a load of work a host that then has nothing to do would keep what these needed for good. So one is
    /// taken, never touched, and freed.
    pub(crate) fn start() -> Self {
        Self(tokio::spawn(async {
            let mut ticks = interval(PERIOD);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                drop(black_box(Vec::<u8>::with_capacity(LARGE)));
            }
        }))
    }
}

impl Drop for GivingBack {
    fn drop(&mut self) {
        self.0.abort();
    }
}
