//! Reading a part of a stream as it stands.

use std::time::{Duration, SystemTime};

use async_nats::datetime::from_nanos;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::{Message, consumer};
use futures::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use super::server::Server;
use crate::clock::micros;
use crate::error::Error;

/// Messages asked for at once.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// A reader that vanished is forgotten by the server after this long.
const INACTIVE: Duration = Duration::from_secs(30);

/// Between looks at messages that the server has and did not give.
const LOOK: Duration = Duration::from_millis(5);
/// How long the next message may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Which part.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    All,
    /// Messages after this position.
    After(i64),
    /// Messages stored at or after this time.
    Since(SystemTime),
}

/// Whether a reader wants to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    More,
    Enough,
}

impl Server {
    /// Gives `each` message of these subjects, in order, up to the end as it is now.
    pub(super) async fn read_each(
        &self,
        stream: &str,
        subjects: Vec<String>,
        range: Range,
        mut each: impl FnMut(&Message) -> Result<Found, Error> + Send,
    ) -> Result<(), Error> {
        let mut consumer = self.reader(stream, subjects, range).await?;
        let mut left = consumer.cached_info().num_pending;
        // JetStream counts what it gives, so what was lost on the way is noticed.
        let mut given = 0;
        let mut silent_since = None;
        'batches: while left > 0 {
            let mut batch = consumer
                .fetch()
                .max_messages(BATCH)
                .max_bytes(BATCH_BYTES)
                .messages()
                .await
                .map_err(|error| Error::storage(&error))?;
            let before = given;
            while let Some(message) = timeout(TIMEOUT, batch.next()).await.map_err(|_| silent())? {
                let message = message.map_err(|error| Error::Storage(error.to_string()))?;
                let info = message.info().map_err(|error| Error::Storage(error.to_string()))?;
                given += 1;
                if info.consumer_sequence != given {
                    return Err(Error::Storage("a message was lost on the way".into()));
                }
                left = info.pending;
                if each(&message)? == Found::Enough {
                    break 'batches;
                }
            }
            if given > before {
                silent_since = None;
                continue;
            }
            // What there was may have been removed meanwhile, or removed and written anew.
            left = consumer.info().await.map_err(|error| Error::storage(&error))?.num_pending;
            if silent_since.get_or_insert_with(Instant::now).elapsed() >= TIMEOUT {
                return Err(silent());
            }
            sleep(LOOK).await;
        }
        let name = consumer.cached_info().name.clone();
        // If that fails, the server forgets it by itself.
        drop(self.stream(stream).await?.delete_consumer(&name).await);
        Ok(())
    }

    /// A consumer that the server forgets when it is not used.
    pub(super) async fn reader(
        &self,
        stream: &str,
        subjects: Vec<String>,
        range: Range,
    ) -> Result<Consumer<pull::Config>, Error> {
        let config = consumer::pull::Config {
            ack_policy: AckPolicy::None,
            deliver_policy: deliver_policy(range),
            filter_subjects: subjects,
            inactive_threshold: INACTIVE,
            memory_storage: true,
            num_replicas: 1,
            ..consumer::pull::Config::default()
        };
        let stream = self.stream(stream).await?;
        stream.create_consumer(config).await.map_err(|error| Error::storage(&error))
    }
}

fn silent() -> Error {
    Error::Storage("the event server does not give what it has".into())
}

fn deliver_policy(range: Range) -> DeliverPolicy {
    match range {
        Range::All => DeliverPolicy::All,
        Range::After(position) => {
            let start_sequence = u64::try_from(position).unwrap_or_default() + 1;
            DeliverPolicy::ByStartSequence { start_sequence }
        }
        Range::Since(time) => match from_nanos(i128::from(micros(time)) * 1000) {
            Ok(start_time) => DeliverPolicy::ByStartTime { start_time },
            // Only a time thousands of years away is none.
            Err(_) => DeliverPolicy::New,
        },
    }
}
