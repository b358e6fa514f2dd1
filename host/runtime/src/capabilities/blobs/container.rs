//! One container and its list of names.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use lyceum_blobs::{Container, Error, clear, has};
use wasmtime::component::Resource;

use super::{Incoming, Names, OpenContainer, Outgoing, in_time};
use crate::bindings::capabilities::wasi::blobstore::container::{
    ContainerMetadata, Host, HostContainer, HostStreamObjectNames, ObjectMetadata,
};
use crate::guest::Guest;

/// Most names that are handed out at once.
const NAMES: u64 = 10_000;

impl Guest {
    fn objects(&self, container: &Resource<OpenContainer>) -> wasmtime::Result<Arc<dyn Container>> {
        Ok(Arc::clone(&self.table.get(container)?.objects))
    }

    /// The next names, at most so many, and whether there are no more.
    async fn next_names(
        &mut self,
        names: &Resource<Names>,
        count: u64,
    ) -> wasmtime::Result<Result<(Vec<String>, bool), String>> {
        let deadline = self.call().deadline;
        let names = self.table.get_mut(names)?;
        let read = async {
            let mut read = Vec::new();
            for _ in 0..count {
                match names.0.next().await {
                    Some(name) => read.push(name?),
                    None => return Ok((read, true)),
                }
            }
            Ok((read, false))
        };
        let read = tokio::time::timeout_at(deadline.into(), read).await;
        Ok(read
            .unwrap_or_else(|_| Err(Error::Unavailable("the deadline passed".to_owned())))
            .map_err(|error| error.to_string()))
    }
}

impl Host for Guest {}

impl HostContainer for Guest {
    async fn name(&mut self, container: Resource<OpenContainer>) -> wasmtime::Result<Result<String, String>> {
        Ok(Ok(self.table.get(&container)?.name.clone()))
    }

    async fn info(
        &mut self,
        _container: Resource<OpenContainer>,
    ) -> wasmtime::Result<Result<ContainerMetadata, String>> {
        Ok(Err("when a container was created is not kept".to_owned()))
    }

    async fn get_data(
        &mut self,
        container: Resource<OpenContainer>,
        name: String,
        start: u64,
        end: u64,
    ) -> wasmtime::Result<Result<Resource<Incoming>, String>> {
        if end < start {
            return Ok(Err("the range ends before it begins".to_owned()));
        }
        let objects = self.objects(&container)?;
        // The guest's end is the last byte.
        let read = in_time(self.call().deadline, objects.read(&name, start..end.saturating_add(1))).await;
        match read {
            Ok(object) => Ok(Ok(self.table.push(Incoming::new(object))?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn write_data(
        &mut self,
        container: Resource<OpenContainer>,
        name: String,
        data: Resource<Outgoing>,
    ) -> wasmtime::Result<Result<(), String>> {
        let objects = self.objects(&container)?;
        let begun = in_time(self.call().deadline, objects.write(&name)).await;
        let value = self.table.get_mut(&data)?;
        Ok(begun.and_then(|upload| value.send_to(upload)))
    }

    async fn list_objects(
        &mut self,
        container: Resource<OpenContainer>,
    ) -> wasmtime::Result<Result<Resource<Names>, String>> {
        let names = Names(self.objects(&container)?.list());
        Ok(Ok(self.table.push(names)?))
    }

    async fn delete_object(
        &mut self,
        container: Resource<OpenContainer>,
        name: String,
    ) -> wasmtime::Result<Result<(), String>> {
        let objects = self.objects(&container)?;
        Ok(in_time(self.call().deadline, objects.delete(&name)).await)
    }

    async fn delete_objects(
        &mut self,
        container: Resource<OpenContainer>,
        names: Vec<String>,
    ) -> wasmtime::Result<Result<(), String>> {
        let objects = self.objects(&container)?;
        let deleted = async {
            for name in &names {
                objects.delete(name).await?;
            }
            Ok(())
        };
        Ok(in_time(self.call().deadline, deleted).await)
    }

    async fn has_object(
        &mut self,
        container: Resource<OpenContainer>,
        name: String,
    ) -> wasmtime::Result<Result<bool, String>> {
        let objects = self.objects(&container)?;
        Ok(in_time(self.call().deadline, has(&*objects, &name)).await)
    }

    async fn object_info(
        &mut self,
        container: Resource<OpenContainer>,
        name: String,
    ) -> wasmtime::Result<Result<ObjectMetadata, String>> {
        let objects = self.objects(&container)?;
        let info = in_time(self.call().deadline, objects.info(&name)).await;
        let container = self.table.get(&container)?.name.clone();
        Ok(info.map(|info| ObjectMetadata {
            name,
            container,
            created_at: seconds(info.written),
            size: info.size,
        }))
    }

    async fn clear(&mut self, container: Resource<OpenContainer>) -> wasmtime::Result<Result<(), String>> {
        let objects = self.objects(&container)?;
        Ok(in_time(self.call().deadline, clear(&*objects)).await)
    }

    async fn drop(&mut self, container: Resource<OpenContainer>) -> wasmtime::Result<()> {
        self.table.delete(container)?;
        Ok(())
    }
}

impl HostStreamObjectNames for Guest {
    async fn read_stream_object_names(
        &mut self,
        names: Resource<Names>,
        count: u64,
    ) -> wasmtime::Result<Result<(Vec<String>, bool), String>> {
        self.next_names(&names, count.min(NAMES)).await
    }

    async fn skip_stream_object_names(
        &mut self,
        names: Resource<Names>,
        count: u64,
    ) -> wasmtime::Result<Result<(u64, bool), String>> {
        let skipped = self.next_names(&names, count.min(NAMES)).await?;
        Ok(skipped.map(|(names, end)| (names.len() as u64, end)))
    }

    async fn drop(&mut self, names: Resource<Names>) -> wasmtime::Result<()> {
        self.table.delete(names)?;
        Ok(())
    }
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
