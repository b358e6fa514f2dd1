//! The backend on S3, or a server that speaks its protocol.
//!
//! Parts of an upload that its host could not remove, because it was killed, are invisible but stay on the server: a
//! bucket should have a lifecycle rule that ends incomplete uploads after a day.

use std::fmt;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{ClientOptions, HttpClient, HttpConnector};
use object_store::{BackoffConfig, RetryConfig};

use crate::{Error, in_one_line};

/// The smallest part that S3 takes.
pub(crate) const PART: usize = 5 << 20;

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(1);

/// Which bucket, where, and who we are. What is absent is read from the environment's `AWS_` variables, or from the
/// machine's role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Options {
    /// The bucket, which must exist.
    pub bucket: String,
    /// What all keys begin with; may be empty.
    pub prefix: String,
    /// Where a server other than Amazon's is, such as `http://127.0.0.1:9000`.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if nobody says.
    pub region: Option<String>,
    /// Who we are.
    pub credentials: Option<Credentials>,
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key's id.
    pub key: String,
    /// The secret.
    pub secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

pub(crate) fn open(options: &S3Options) -> Result<AmazonS3, Error> {
    // Fails if it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&options.bucket)
        .with_http_connector(Connector)
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(50),
                max_backoff: Duration::from_millis(500),
                base: 2.0,
            },
            max_retries: 3,
            retry_timeout: Duration::from_secs(2),
        });
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = &options.region {
        builder = builder.with_region(region);
    }
    if let Some(Credentials { key, secret }) = &options.credentials {
        builder = builder.with_access_key_id(key).with_secret_access_key(secret);
    }
    builder.build().map_err(|error| Error::Configuration(in_one_line(&error)))
}

/// Makes the HTTP client. It has no limit for a whole request, which may be a large object: each step has its own.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .http1_only()
            .no_proxy()
            .build()
            .map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(HttpClient::new(client))
    }
}
