//! What the bus and its tasks share.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::listeners::Listeners;
use super::writer::Writer;
use super::{log, progress};
use crate::clock::micros;
use crate::delivery::Progress;
use crate::error::Error;
use crate::options::{Options, Subscription};
use crate::{Event, PublishError, Publisher};

pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) options: Options,
    pub(super) writer: Writer,
    pub(super) listeners: Arc<Listeners>,
}

impl Shared {
    /// Appends events for good and wakes the subscribers.
    pub(super) async fn append(&self, events: Vec<Event>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let (clock, listeners) = (self.options.clock.clone(), Arc::clone(&self.listeners));
        self.writer
            .run_then(
                move |connection| {
                    fail::fail_point!("bus::before-append", |_| Err(rusqlite::Error::InvalidQuery));
                    log::append(connection, &events, micros(clock.now()))
                },
                move |appended| {
                    fail::fail_point!("bus::after-append");
                    if let Some(appended) = appended {
                        listeners.tell(appended);
                    }
                },
            )
            .await?;
        Ok(())
    }

    /// Where a consumer stands when it begins, for the first time or anew.
    pub(super) async fn register(&self, subscription: &Subscription) -> Result<Progress, Error> {
        let now = micros(self.options.clock.now());
        let young_since = subscription
            .replay_at_start
            .map(|age| now.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)));
        let registered = subscription.clone();
        self.writer.run(move |connection| progress::register(connection, &registered, young_since)).await
    }
}

#[async_trait]
impl Publisher for Shared {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        self.append(events).await.map_err(|error| PublishError(error.to_string()))
    }
}
