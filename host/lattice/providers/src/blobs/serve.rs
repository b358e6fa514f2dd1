//! Calls of components, but for the writing of objects.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::Result;
use bytes::Bytes;
use lyceum_blobs::{Error, clear, copy, has};
use tokio::time::timeout;
use wasmcloud_provider_sdk::Context;

use super::links::BlobsProvider;
use super::read::{self, Ended, Pieces};
use crate::bindings::blobs::exports::wrpc::blobstore::blobstore::{
    ContainerMetadata, Handler, ObjectId, ObjectMetadata,
};

/// How long a call may take. What calls carry says nothing of the caller's own deadline.
const TIMEOUT: Duration = Duration::from_mins(1);

type Answer<T> = Result<Result<T, String>>;

async fn in_time<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match timeout(TIMEOUT, call).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the deadline passed".to_owned()),
    }
}

impl BlobsProvider {
    async fn clear(&self, context: Option<Context>, name: &str) -> Result<(), String> {
        let container = self.container(context.as_ref(), name)?;
        in_time(clear(&*container)).await
    }

    async fn delete(&self, context: Option<Context>, name: &str, objects: &[String]) -> Result<(), String> {
        let container = self.container(context.as_ref(), name)?;
        let deleted = async {
            for object in objects {
                container.delete(object).await?;
            }
            Ok(())
        };
        in_time(deleted).await
    }

    async fn copy(&self, context: Option<Context>, from: &ObjectId, to: &ObjectId) -> Result<(), String> {
        let source = self.container(context.as_ref(), &from.container)?;
        let target = self.container(context.as_ref(), &to.container)?;
        in_time(copy(&*source, &from.object, &*target, &to.object)).await
    }

    async fn relocate(&self, context: Option<Context>, from: &ObjectId, to: &ObjectId) -> Result<(), String> {
        let source = self.container(context.as_ref(), &from.container)?;
        let target = self.container(context.as_ref(), &to.container)?;
        let in_place = (&from.container, &from.object) == (&to.container, &to.object);
        let moved = async {
            if in_place {
                return source.info(&from.object).await.map(drop);
            }
            copy(&*source, &from.object, &*target, &to.object).await?;
            source.delete(&from.object).await
        };
        in_time(moved).await
    }

    async fn read(
        &self,
        context: Option<Context>,
        id: &ObjectId,
        start: u64,
        end: u64,
    ) -> Result<(Pieces<Bytes>, Ended), String> {
        if end < start {
            return Err("the range ends before it begins".to_owned());
        }
        let container = self.container(context.as_ref(), &id.container)?;
        // The component's end is the last byte.
        let object = in_time(container.read(&id.object, start..end.saturating_add(1))).await?;
        Ok(read::bytes(object.bytes))
    }

    async fn info(&self, context: Option<Context>, id: &ObjectId) -> Result<ObjectMetadata, String> {
        let container = self.container(context.as_ref(), &id.container)?;
        let info = in_time(container.info(&id.object)).await?;
        let created_at = info.written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Ok(ObjectMetadata { created_at, size: info.size })
    }
}

impl Handler<Option<Context>> for BlobsProvider {
    async fn clear_container(&self, context: Option<Context>, name: String) -> Answer<()> {
        Ok(self.clear(context, &name).await)
    }

    async fn container_exists(&self, context: Option<Context>, name: String) -> Answer<bool> {
        Ok(Ok(self.container(context.as_ref(), &name).is_ok()))
    }

    /// A granted container is always there.
    async fn create_container(&self, context: Option<Context>, name: String) -> Answer<()> {
        Ok(self.container(context.as_ref(), &name).map(drop))
    }

    /// Removes what is in it; the container itself is the manifest's.
    async fn delete_container(&self, context: Option<Context>, name: String) -> Answer<()> {
        Ok(self.clear(context, &name).await)
    }

    async fn get_container_info(&self, _: Option<Context>, _: String) -> Answer<ContainerMetadata> {
        Ok(Err("when a container was created is not kept".to_owned()))
    }

    async fn list_container_objects(
        &self,
        context: Option<Context>,
        name: String,
        limit: Option<u64>,
        offset: Option<u64>,
    ) -> Answer<(Pieces<Vec<String>>, Ended)> {
        let container = self.container(context.as_ref(), &name);
        Ok(container.map(|container| read::names(container.list(), limit, offset)))
    }

    async fn copy_object(&self, context: Option<Context>, from: ObjectId, to: ObjectId) -> Answer<()> {
        Ok(self.copy(context, &from, &to).await)
    }

    async fn delete_object(&self, context: Option<Context>, id: ObjectId) -> Answer<()> {
        Ok(self.delete(context, &id.container, &[id.object]).await)
    }

    async fn delete_objects(
        &self,
        context: Option<Context>,
        container: String,
        objects: Vec<String>,
    ) -> Answer<()> {
        Ok(self.delete(context, &container, &objects).await)
    }

    async fn get_container_data(
        &self,
        context: Option<Context>,
        id: ObjectId,
        start: u64,
        end: u64,
    ) -> Answer<(Pieces<Bytes>, Ended)> {
        Ok(self.read(context, &id, start, end).await)
    }

    async fn get_object_info(&self, context: Option<Context>, id: ObjectId) -> Answer<ObjectMetadata> {
        Ok(self.info(context, &id).await)
    }

    async fn has_object(&self, context: Option<Context>, id: ObjectId) -> Answer<bool> {
        Ok(match self.container(context.as_ref(), &id.container) {
            Ok(container) => in_time(has(&*container, &id.object)).await,
            Err(error) => Err(error),
        })
    }

    async fn move_object(&self, context: Option<Context>, from: ObjectId, to: ObjectId) -> Answer<()> {
        Ok(self.relocate(context, &from, &to).await)
    }
}
