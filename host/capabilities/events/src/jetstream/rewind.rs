//! An operator has a consumer's events delivered again: each partition's progress is set back under a claim of nobody's,
//! so that the host that delivers finds itself superseded and begins anew.

use super::JetStreamLedger;
use super::names::PARTITIONS;
use super::progress::{NotWritten, Record};
use super::server::Server;
use crate::error::Error;
use crate::rewind::Rewind;
use crate::starts::rewind;

impl JetStreamLedger {
    /// Has all events from there on delivered to a consumer again, in order per partition; it recognises those that it has
    /// handled by their ids for as long as it remembers them. Never skips anything. Returns the position asked for; what
    /// was handled a moment before may come again as well.
    ///
    /// # Errors
    /// [`Error::NoSuchConsumer`] if nobody has subscribed under this name. After [`Error::Storage`] some partitions may be
    /// rewound; repeating it is harmless.
    pub async fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error> {
        let floor = match to {
            Rewind::Since(time) => self.server.position_at(time).await?,
            Rewind::From(position) => position.saturating_sub(1).max(0),
        };
        let mut known = false;
        for partition in 0..PARTITIONS {
            known |= self.server.rewind(consumer, partition, floor).await?;
        }
        if !known {
            return Err(Error::NoSuchConsumer(consumer.to_owned()));
        }
        self.tell_of_replays().await?;
        Ok(floor.saturating_add(1))
    }
}

impl Server {
    /// Whether the consumer was ever seen in this partition.
    async fn rewind(&self, consumer: &str, partition: u8, floor: i64) -> Result<bool, Error> {
        let subject = self.names.progress_of(consumer, partition);
        loop {
            let (Some(found), revision) = self.read_progress(&subject).await? else { return Ok(false) };
            let floor = found.floor.min(floor);
            let mut blocked = found.blocked;
            // Aggregates that failed before those events keep their place.
            blocked.retain(|entry| entry.finished < floor);
            let mut starts = found.starts;
            if let Some(starts) = &mut starts {
                rewind(starts, floor);
            }
            let record = Record {
                starts,
                floor,
                blocked,
                claim: uuid::Uuid::new_v4().to_string(),
                clean: false,
                consumer: found.consumer,
                host: found.host,
            };
            match self.write_progress(&subject, &record, revision).await {
                Ok(_) => return Ok(true),
                // The host that delivers was quicker.
                Err(NotWritten::Changed) => {}
                Err(NotWritten::Failed(error)) => return Err(error),
            }
        }
    }
}
