//! Objects on their way from a component: `write-container-data`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::{Stream, TryStreamExt as _};
use lyceum_blobs::Upload;
use tokio::time::timeout;
use wasmcloud_provider_sdk::Context;
use wasmcloud_provider_sdk::provider::WrpcClient;
use wit_bindgen_wrpc::wrpc_transport::ServeExt as _;

use super::links::BlobsProvider;
use super::pieces::Pieces;
use crate::bindings::blobs::exports::wrpc::blobstore::blobstore::ObjectId;

/// How long a component may write nothing. A host that was lost says no word, and no call lasts that long.
const SILENCE: Duration = Duration::from_mins(1);

const INSTANCE: &str = "wrpc:blobstore/blobstore@0.2.0";
const FUNCTION: &str = "write-container-data";

/// What follows the answer: whether the object is stored.
type Stored = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
/// What is done for one call.
type Call = Pin<Box<dyn Future<Output = Result<()>> + Send>>;
/// A function with the calls of it.
type Function = (&'static str, &'static str, Pin<Box<dyn Stream<Item = Result<Call>> + Send>>);

/// Serves the function.
pub(super) async fn serve(client: &WrpcClient, provider: BlobsProvider) -> Result<Function> {
    // The second parameter comes in a channel of its own.
    let apart: Arc<[Box<[Option<usize>]>]> = Arc::from([Box::from([Some(1)])]);
    let calls =
        client.serve_values::<(ObjectId, Pieces), (Result<Stored, String>,)>(INSTANCE, FUNCTION, apart);
    let calls = calls.await.context("serve uploads")?;
    let calls = calls.map_ok(move |(context, (id, pieces), receiving, answer)| {
        let provider = provider.clone();
        let call: Call = Box::pin(async move {
            let begun = provider.begin(context, &id).await;
            let stored = begun.map(|upload| -> Stored { Box::pin(store(upload, pieces, SILENCE)) });
            let answered = answer((stored,));
            match receiving {
                Some(receiving) => {
                    let received = async { receiving.await.context("receive an object") };
                    tokio::try_join!(answered, received).map(drop)
                }
                None => answered.await,
            }
        });
        call
    });
    Ok((INSTANCE, FUNCTION, Box::pin(calls)))
}

impl BlobsProvider {
    async fn begin(&self, context: Option<Context>, id: &ObjectId) -> Result<Box<dyn Upload>, String> {
        let container = self.container(context.as_ref(), &id.container)?;
        container.write(&id.object).await.map_err(|error| error.to_string())
    }
}

/// Stores what comes, if all of it does: an upload that is dropped leaves nothing behind.
async fn store(mut upload: Box<dyn Upload>, mut pieces: Pieces, silence: Duration) -> Result<(), String> {
    loop {
        match timeout(silence, pieces.next()).await {
            Ok(Some(Ok(bytes))) => upload.write(bytes).await.map_err(|error| error.to_string())?,
            Ok(Some(Err(interrupted))) => return Err(interrupted.to_string()),
            Ok(None) => return upload.finish().await.map_err(|error| error.to_string()),
            Err(_) => return Err("the component is silent".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lyceum_blobs::{Store, has};

    use super::*;
    use crate::blobs::pieces::Interrupted;

    #[tokio::test]
    async fn only_what_came_to_its_end_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let container = Store::in_folder(folder.path()).unwrap().container("files", "files");
        let some = Bytes::from("some");

        let (sender, pieces) = Pieces::channel();
        sender.send(Ok(some.clone()));
        sender.send(Ok(some.clone()));
        drop(sender);
        store(container.write("whole").await.unwrap(), pieces, SILENCE).await.unwrap();
        assert_eq!(container.info("whole").await.unwrap().size, 8);

        let (sender, pieces) = Pieces::channel();
        sender.send(Ok(some.clone()));
        sender.send(Err(Interrupted::BrokenOff));
        store(container.write("given up").await.unwrap(), pieces, SILENCE).await.unwrap_err();
        assert!(!has(&*container, "given up").await.unwrap());

        let (sender, pieces) = Pieces::channel();
        sender.send(Ok(some));
        let silence = Duration::from_millis(10);
        store(container.write("lost").await.unwrap(), pieces, silence).await.unwrap_err();
        assert!(!has(&*container, "lost").await.unwrap());
    }
}
