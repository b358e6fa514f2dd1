//! `wasi:blobstore` on the stores of `lyceum-blobs`.
//!
//! A link to it is configured with
//! - `service`: whose containers they are;
//! - `containers`: a JSON list of the names of those that the component has, and it has no others;
//! - `bucket` and `prefix`: where all of the application's objects are; the prefix may be empty;
//! - `endpoint`, `region`, `key` and `secret` of the server, as far as they differ from Amazon's and the machine's role.
//!
//! **Nothing is stored by half.** A component's object is stored when its stream comes to its end, which it does when the
//! component calls `finish`. A component that drops its object, traps, runs out of time or is killed with its host ends
//! the stream without wRPC's end mark, or with silence; [`pieces`] tells both from the end. Stock wasmCloud hosts mark the
//! end of what was dropped, too, which `patches/wasmcloud-runtime-0.12.0.patch` mends: on a host without it, an object
//! that a component gave up would be stored as far as it came.
//!
//! **No object is held in memory.** What comes from S3 is sent on in the pieces that it comes in; what goes there goes in
//! parts of 5 MiB, of which two are in memory. What has come and waits for S3 has 64 MiB, all uploads together; see
//! [`pieces`].

mod links;
mod pieces;
mod read;
mod serve;
mod write;

use anyhow::Result;
use wasmcloud_provider_sdk::provider::{InvocationStreams, WrpcClient};
use wasmcloud_provider_sdk::{get_connection, run_provider, serve_provider_exports};

use crate::metrics;
use links::BlobsProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = BlobsProvider::default();
    let shutdown = run_provider(provider.clone(), "lyceum-blobs").await?;
    metrics::answer_of_process().await?;
    let connection = get_connection();
    let client = connection.get_wrpc_client(connection.provider_key()).await?;
    Box::pin(serve_provider_exports(&client, provider, shutdown, all_functions)).await
}

async fn all_functions(client: &WrpcClient, provider: BlobsProvider) -> Result<InvocationStreams> {
    let mut functions = Box::pin(crate::bindings::blobs::serve(client, provider.clone())).await?;
    functions.push(write::serve(client, provider).await?);
    Ok(functions)
}
