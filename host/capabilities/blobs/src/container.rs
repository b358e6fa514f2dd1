//! One container.

use std::ops::Range;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStoreExt};

use crate::patience::{ANSWER, within};
use crate::read::content_of;
use crate::store::Store;
use crate::upload::StoredUpload;
use crate::{Container, Error, Object, ObjectInfo, Upload, name, seal};

/// The objects below one place of a store.
pub(crate) struct StoredContainer {
    store: Store,
    place: Path,
}

impl StoredContainer {
    pub(crate) fn new(store: Store, place: Path) -> Self {
        Self { store, place }
    }

    async fn head(&self, place: &Path) -> Result<ObjectMeta, Error> {
        within(ANSWER, self.store.objects.head(place)).await
    }
}

#[async_trait]
impl Container for StoredContainer {
    async fn write(&self, name: &str) -> Result<Box<dyn Upload>, Error> {
        let place = name::place(&self.place, name)?;
        Ok(Box::new(StoredUpload::new(self.store.clone(), place)))
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Object, Error> {
        let place = name::place(&self.place, name)?;
        let mut options = GetOptions::default();
        if range.start > 0 {
            // Stores answer in different ways to a range that begins behind the end.
            let found = self.head(&place).await?;
            let size = seal::content(found.size)?;
            if range.start > size {
                return Err(Error::Range(size));
            }
            options.if_match = found.e_tag;
        }
        let end = seal::with_seal(range.end.max(range.start));
        options.range = match (range.start, i64::try_from(end)) {
            (0, Err(_)) => None,
            (start, Err(_)) => Some(GetRange::Offset(start)),
            (start, Ok(_)) => Some(GetRange::Bounded(start..end)),
        };
        let found = within(ANSWER, self.store.objects.get_opts(&place, options)).await?;
        let info = info(&found.meta)?;
        let range = range.start..range.end.clamp(range.start, info.size.max(range.start));
        let bytes = content_of(found, place, range.clone(), info.size);
        Ok(Object { info, range, bytes })
    }

    async fn info(&self, name: &str) -> Result<ObjectInfo, Error> {
        info(&self.head(&name::place(&self.place, name)?).await?)
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        let place = name::place(&self.place, name)?;
        match within(ANSWER, self.store.objects.delete(&place)).await {
            Err(Error::NoSuchObject) => Ok(()),
            other => other,
        }
    }

    fn list(&self) -> BoxStream<'static, Result<String, Error>> {
        let listed = self.store.objects.list(Some(&self.place));
        let next = |mut listed: BoxStream<'static, object_store::Result<ObjectMeta>>| async move {
            let found = within(ANSWER, listed.try_next()).await?;
            Ok(found.map(|found| (found, listed)))
        };
        stream::try_unfold(listed, next)
            .try_filter_map(|found| async move { Ok(name::of(&found.location)) })
            .boxed()
    }
}

fn info(found: &ObjectMeta) -> Result<ObjectInfo, Error> {
    Ok(ObjectInfo { size: seal::content(found.size)?, written: found.last_modified.into() })
}
