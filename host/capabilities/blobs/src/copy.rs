//! Copying objects from store to store as they are stored, with their seals.

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::{Path, PathPart};
use object_store::{ObjectMeta, ObjectStoreExt};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::patience::{ANSWER, within};
use crate::seal::{self, Unsealing};
use crate::store::Store;
use crate::upload::RawUpload;

/// An object of any container, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Where it is in its store: component, container and name.
    pub place: String,
    /// In bytes, with its seal.
    pub size: u64,
    /// Changes when the object is replaced.
    pub revision: String,
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// In bytes, with its seal.
    pub size: u64,
    /// SHA-256 of these, in hexadecimal.
    pub sha256: String,
    /// Whether its seal says that it is what was written.
    pub is_sound: bool,
}

impl Store {
    /// All objects of all containers, in no order.
    pub fn objects(&self) -> BoxStream<'static, Result<StoredObject, Error>> {
        let (listed, prefix) = (self.objects.list(Some(&self.prefix)), self.prefix.clone());
        let next = |mut listed: BoxStream<'static, object_store::Result<ObjectMeta>>| async move {
            let found = within(ANSWER, listed.try_next()).await?;
            Ok(found.map(|found| (found, listed)))
        };
        stream::try_unfold(listed, next)
            .try_filter_map(move |found| {
                let object = object(&prefix, &found);
                async move { Ok(object) }
            })
            .boxed()
    }

    /// Whether no container has an object.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if that can't be told.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.objects().try_next().await?.is_none())
    }

    /// Copies an object into another store, if it is still there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if either store is; nothing is left of the copy.
    pub async fn copy(&self, place: &str, target: &Store) -> Result<Option<Copied>, Error> {
        let mut upload = RawUpload::new(target.clone(), target.at(place));
        let copied = self.read_stored(place, async |bytes| upload.add(bytes).await).await?;
        if copied.is_some() {
            upload.finish().await?;
        }
        Ok(copied)
    }

    /// Reads an object to its end, to see what it is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the store is.
    pub async fn examine(&self, place: &str) -> Result<Option<Copied>, Error> {
        self.read_stored(place, async |_| Ok(())).await
    }

    async fn read_stored(
        &self,
        place: &str,
        mut each: impl AsyncFnMut(Bytes) -> Result<(), Error>,
    ) -> Result<Option<Copied>, Error> {
        let found = match within(ANSWER, self.objects.get(&self.at(place))).await {
            Err(Error::NoSuchObject) => return Ok(None),
            found => found?,
        };
        let size = found.meta.size;
        let mut unsealing = seal::content(size).ok().map(Unsealing::new);
        let mut digest = Sha256::new();
        let mut stored = found.into_stream();
        while let Some(bytes) = within(ANSWER, stored.try_next()).await? {
            digest.update(&bytes);
            if let Some(unsealing) = &mut unsealing {
                unsealing.take(bytes.clone());
            }
            each(bytes).await?;
        }
        let is_sound = unsealing.is_some_and(|unsealing| unsealing.check().is_ok());
        Ok(Some(Copied { size, sha256: format!("{:x}", digest.finalize()), is_sound }))
    }

    /// The place in this store of what [`StoredObject::place`] says.
    fn at(&self, place: &str) -> Path {
        let mut path = self.prefix.clone();
        // What is encoded in a place stays as it is.
        for part in place.split('/') {
            path = match PathPart::parse(part) {
                Ok(part) => path.join(part),
                Err(_) => path.join(part),
            };
        }
        path
    }
}

fn object(prefix: &Path, found: &ObjectMeta) -> Option<StoredObject> {
    let place = found.location.prefix_match(prefix)?.map(|part| part.as_ref().to_owned());
    let place = place.collect::<Vec<_>>().join("/");
    let revision = found.e_tag.clone().unwrap_or_else(|| found.last_modified.to_rfc3339());
    Some(StoredObject { place, size: found.size, revision })
}
