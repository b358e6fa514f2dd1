//! Writing an object in parts.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt, PutPayloadMut};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::{debug, warn};

use crate::patience::{ANSWER, TRANSFER, within};
use crate::seal::Sealing;
use crate::store::Store;
use crate::{Error, Upload};

/// An object on its way into the store, sealed at its end.
pub(crate) struct StoredUpload {
    sealing: Sealing,
    raw: RawUpload,
}

/// Bytes on their way into the store: a part is collected while the one before it is stored. An object of less
/// than one part is stored in one call.
pub(crate) struct RawUpload {
    store: Store,
    place: Path,
    part: PutPayloadMut,
    parts: Option<Parts>,
}

/// The parts that are in the store already, or on their way.
struct Parts {
    /// `None` once it has come to its end, good or bad.
    upload: Option<Box<dyn MultipartUpload>>,
    storing: Option<JoinHandle<Result<(), Error>>>,
}

impl StoredUpload {
    pub(crate) fn new(store: Store, place: Path) -> Self {
        Self { sealing: Sealing::default(), raw: RawUpload::new(store, place) }
    }
}

#[async_trait]
impl Upload for StoredUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.sealing.add(&bytes);
        self.raw.add(bytes).await
    }

    async fn finish(mut self: Box<Self>) -> Result<(), Error> {
        let seal = std::mem::take(&mut self.sealing).seal();
        self.raw.last(seal).await?;
        self.raw.finish().await
    }
}

impl RawUpload {
    pub(crate) fn new(store: Store, place: Path) -> Self {
        Self { store, place, part: PutPayloadMut::new(), parts: None }
    }

    pub(crate) async fn add(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = self.store.part.saturating_sub(self.part.content_length());
            self.part.push(bytes.split_to(room.min(bytes.len())));
            if self.part.content_length() >= self.store.part {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Adds what ends the object: what was not begun in parts stays in one piece.
    async fn last(&mut self, bytes: Bytes) -> Result<(), Error> {
        if self.parts.is_none() {
            self.part.push(bytes);
            return Ok(());
        }
        self.add(bytes).await
    }

    /// Sends off what was collected.
    async fn flush(&mut self) -> Result<(), Error> {
        let parts = if let Some(parts) = &mut self.parts {
            parts
        } else {
            let begun = within(ANSWER, self.store.objects.put_multipart(&self.place)).await?;
            self.parts.insert(Parts { upload: Some(begun), storing: None })
        };
        parts.put(std::mem::take(&mut self.part)).await
    }

    /// Puts the object in its place.
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        if self.parts.is_none() {
            let whole = std::mem::take(&mut self.part).freeze();
            return within(TRANSFER, self.store.objects.put(&self.place, whole)).await.map(drop);
        }
        if self.part.content_length() > 0 {
            self.flush().await?;
        }
        match &mut self.parts {
            Some(parts) => parts.complete().await,
            None => Ok(()),
        }
    }
}

impl Parts {
    async fn put(&mut self, part: PutPayloadMut) -> Result<(), Error> {
        self.stored().await?;
        let Some(upload) = &mut self.upload else { return Err(ended()) };
        let storing = upload.put_part(part.freeze());
        self.storing = Some(tokio::spawn(within(TRANSFER, storing)));
        Ok(())
    }

    /// Waits for the part that is on its way.
    async fn stored(&mut self) -> Result<(), Error> {
        let Some(storing) = &mut self.storing else { return Ok(()) };
        let stored = storing.await.map_err(|error| Error::Unavailable(error.to_string()));
        self.storing = None;
        stored.flatten()
    }

    async fn complete(&mut self) -> Result<(), Error> {
        self.stored().await?;
        let Some(upload) = &mut self.upload else { return Err(ended()) };
        within(TRANSFER, upload.complete()).await?;
        self.upload = None;
        Ok(())
    }
}

fn ended() -> Error {
    Error::Unavailable("the upload has ended".to_owned())
}

/// How often and when it is tried again to remove the parts of an upload that was given up: the store may be away.
const CLEANING: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(10), Duration::from_mins(1)];

impl Drop for Parts {
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else { return };
        let storing = self.storing.take();
        // Without a runtime the process ends, and nothing can be done here any more.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Some(storing) = storing {
                storing.abort();
                // It was told to end, and does.
                let _ = storing.await;
            }
            for pause in CLEANING {
                tokio::time::sleep(pause).await;
                match within(TRANSFER, upload.abort()).await {
                    // The store may have done so itself.
                    Ok(()) | Err(Error::NoSuchObject) => return,
                    Err(error) => debug!(%error, "the parts of an upload could not be removed yet"),
                }
            }
            warn!("the parts of an upload that was given up could not be removed");
        });
    }
}
