//! `wasi:blobstore`: containers, and the streams between a guest and its objects.
//!
//! A guest may use the containers that its manifest block names, and no others. The interface knows errors as texts
//! only; "no such object" is one that a guest can rely on.
//!
//! To write, a guest makes an outgoing value, gives it to `write-data`, writes to its stream and calls `finish`. Nothing
//! is stored before `finish`, and its answer says whether it is.

mod container;
mod incoming;
mod outgoing;

use std::sync::Arc;
use std::time::Instant;

use futures::stream::BoxStream;
use lyceum_blobs::{Container, Error, clear, copy};
use tokio::time::timeout_at;
use wasmtime::component::Resource;

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub use incoming::Incoming;
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub use outgoing::Outgoing;

use crate::bindings::capabilities::wasi::blobstore::blobstore::{Host, ObjectId};
use crate::guest::Guest;

/// A container that a guest has opened.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenContainer {
    name: String,
    objects: Arc<dyn Container>,
}

/// The names in a container, as far as they are not yet read.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Names(BoxStream<'static, Result<String, Error>>);

impl Guest {
    fn granted(&self, name: &str) -> Result<Arc<dyn Container>, String> {
        let granted = self.links.containers.get(name).cloned();
        granted.ok_or_else(|| format!("this component has no container {name:?}"))
    }
}

/// Waits no longer than the call may last.
async fn in_time<T>(deadline: Instant, call: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match timeout_at(deadline.into(), call).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the deadline passed".to_owned()),
    }
}

impl Host for Guest {
    /// A granted container is always there.
    async fn create_container(
        &mut self,
        name: String,
    ) -> wasmtime::Result<Result<Resource<OpenContainer>, String>> {
        self.get_container(name).await
    }

    async fn get_container(
        &mut self,
        name: String,
    ) -> wasmtime::Result<Result<Resource<OpenContainer>, String>> {
        match self.granted(&name) {
            Ok(objects) => Ok(Ok(self.table.push(OpenContainer { name, objects })?)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Removes what is in it; the container itself is the manifest's.
    async fn delete_container(&mut self, name: String) -> wasmtime::Result<Result<(), String>> {
        let deadline = self.call().deadline;
        Ok(match self.granted(&name) {
            Ok(objects) => in_time(deadline, clear(&*objects)).await,
            Err(error) => Err(error),
        })
    }

    async fn container_exists(&mut self, name: String) -> wasmtime::Result<Result<bool, String>> {
        Ok(Ok(self.granted(&name).is_ok()))
    }

    async fn copy_object(&mut self, from: ObjectId, to: ObjectId) -> wasmtime::Result<Result<(), String>> {
        let deadline = self.call().deadline;
        Ok(match (self.granted(&from.container), self.granted(&to.container)) {
            (Ok(source), Ok(target)) => {
                in_time(deadline, copy(&*source, &from.object, &*target, &to.object)).await
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        })
    }

    async fn move_object(&mut self, from: ObjectId, to: ObjectId) -> wasmtime::Result<Result<(), String>> {
        let deadline = self.call().deadline;
        let in_place = (&from.container, &from.object) == (&to.container, &to.object);
        Ok(match (self.granted(&from.container), self.granted(&to.container)) {
            (Ok(source), Ok(target)) => {
                let moved = async {
                    if in_place {
                        return source.info(&from.object).await.map(drop);
                    }
                    copy(&*source, &from.object, &*target, &to.object).await?;
                    source.delete(&from.object).await
                };
                in_time(deadline, moved).await
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        })
    }
}
