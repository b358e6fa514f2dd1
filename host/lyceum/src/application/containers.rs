//! What stands behind `wasi:blobstore`.

use anyhow::{Context, Result};
use lyceum_blobs::{Credentials, S3Options, Store};
use lyceum_manifest::BlobsLink;
use tracing::warn;

/// Opens the store that the operator chose. That a server doesn't answer yet is told, and no reason not to start:
/// services say 503 until it does.
pub(crate) async fn open(link: &BlobsLink) -> Result<Store> {
    match link {
        BlobsLink::Folder(folder) => {
            Store::in_folder(folder).with_context(|| format!("open the blob folder {}", folder.display()))
        }
        BlobsLink::S3(bucket) => {
            let store = Store::on_s3(&S3Options {
                bucket: bucket.bucket.clone(),
                prefix: bucket.prefix.clone(),
                endpoint: bucket.endpoint.clone(),
                region: bucket.region.clone(),
                credentials: bucket.credentials.clone().map(|(key, secret)| Credentials { key, secret }),
            })
            .context("LYCEUM_BLOBS")?;
            if let Err(error) = store.ping().await {
                warn!(server = %bucket, %error, "the blob store does not answer yet");
            }
            Ok(store)
        }
        _ => anyhow::bail!("this host has no such blob store"),
    }
}
