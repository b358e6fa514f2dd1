//! Where objects are kept.

use std::collections::HashMap;

use anyhow::{Result, bail};
use clap::Args;
use lyceum_manifest::S3Bucket;

/// A bucket, and who we are there.
#[derive(Args, Debug)]
pub(crate) struct Objects {
    /// Where objects are kept: s3://<bucket>/<prefix>?endpoint=<url>&region=<region>; only if a component has containers
    #[arg(long, env = "LYCEUM_BLOBS", hide_env_values = true)]
    blobs: Option<String>,
    /// The id of the access key to the bucket; without one, each host's machine has a role that may use it
    #[arg(long, env = "AWS_ACCESS_KEY_ID")]
    aws_access_key_id: Option<String>,
    /// The secret of that key
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide_env_values = true, requires = "aws_access_key_id")]
    aws_secret_access_key: Option<String>,
    /// The bucket's region, unless its address has one; us-east-1 by default
    #[arg(long, env = "AWS_REGION")]
    aws_region: Option<String>,
}

impl Objects {
    /// What the provider is told.
    pub(super) fn configuration(&self) -> Result<HashMap<String, String>> {
        let Some(address) = &self.blobs else {
            bail!("components keep objects: say where by --blobs or the environment variable LYCEUM_BLOBS");
        };
        let bucket: S3Bucket = address.parse()?;
        let (key, secret) = bucket.credentials.unzip();
        let values = [
            ("bucket", Some(bucket.bucket)),
            ("prefix", Some(bucket.prefix)),
            ("endpoint", bucket.endpoint),
            ("region", bucket.region.or_else(|| self.aws_region.clone())),
            ("key", key.or_else(|| self.aws_access_key_id.clone())),
            ("secret", secret.or_else(|| self.aws_secret_access_key.clone())),
        ];
        let given = values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Ok(given.collect())
    }
}
