//! Somebody who uses other services meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use lyceum_end_to_end::client::Person;
use tokio::task::JoinHandle;

const PAUSE: Duration = Duration::from_millis(50);

/// What they ask.
pub(crate) const PATHS: [&str; 2] = ["/api/v1/users/me", "/api/v1/notifications"];

/// Asks one request after the other.
pub(crate) struct Others {
    enough: Arc<AtomicBool>,
    asking: JoinHandle<Result<usize>>,
}

impl Others {
    /// Begins to ask, until a request fails.
    pub(crate) fn start(person: &Person) -> Self {
        let (person, enough) = (person.clone(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&enough);
        let asking = tokio::spawn(async move {
            let mut asked = 0;
            while !told.load(Ordering::Relaxed) {
                for path in PATHS {
                    person.get(path).await?.expect(200)?;
                    asked += 1;
                }
                tokio::time::sleep(PAUSE).await;
            }
            Ok(asked)
        });
        Self { enough, asking }
    }

    /// Stops, and says how many requests were answered.
    pub(crate) async fn stop(self) -> Result<usize> {
        self.enough.store(true, Ordering::Relaxed);
        self.asking.await?
    }
}
