//! A clock for checks.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::Clock;

/// A clock that stands still until it is turned.
pub struct TurnedClock(watch::Sender<SystemTime>);

impl TurnedClock {
    /// One that shows this time, in seconds since 1970.
    pub fn at(seconds: u64) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))))
    }

    /// Turns it on.
    pub fn turn(&self, by: Duration) {
        self.0.send_modify(|now| *now += by);
    }
}

#[async_trait]
impl Clock for TurnedClock {
    fn now(&self) -> SystemTime {
        *self.0.borrow()
    }

    async fn wait_until(&self, time: SystemTime) {
        // The sender lives as long as the clock, so waiting cannot fail.
        drop(self.0.subscribe().wait_for(|now| *now >= time).await);
    }
}
