//! What stands in a stream that keeps the newest message of each subject.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use futures::{StreamExt, TryStreamExt, stream};

use super::server::Server;
use crate::error::Error;

/// Questions on their way at once.
const AT_ONCE: usize = 32;

impl Server {
    /// The newest message of each of a stream's subjects that `filter` matches, in no order.
    ///
    /// Asks for each by its subject: whoever reads the stream from its beginning finds a message twice that is written
    /// anew meanwhile, or, at the wrong moment, not at all. So it is found once, as it was or as it is now.
    pub(super) async fn newest(&self, name: &str, filter: String) -> Result<Vec<StreamMessage>, Error> {
        let holder = self.stream(name).await?;
        let subjects = holder.info_with_subjects(filter).await.map_err(|error| Error::storage(&error))?;
        let subjects: Vec<(String, usize)> =
            subjects.try_collect().await.map_err(|error| Error::storage(&error))?;
        let found = stream::iter(subjects).map(|(subject, _)| {
            let holder = &holder;
            async move {
                match holder.get_last_raw_message_by_subject(&subject).await {
                    Ok(message) => Ok(Some(message)),
                    // Removed meanwhile.
                    Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
                    Err(error) => Err(Error::storage(&error)),
                }
            }
        });
        let found: Vec<Option<StreamMessage>> = found.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}
