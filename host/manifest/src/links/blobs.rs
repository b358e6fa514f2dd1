//! `LYCEUM_BLOBS`: where containers are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::{Environment, unsupported};
use crate::mistake::{Mistake, Place};
use crate::read::table::suggestion;

const NAME: &str = "LYCEUM_BLOBS";
const SCHEME: &str = "s3://";
const PARAMETERS: [&str; 2] = ["endpoint", "region"];

/// What stands behind the containers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlobsLink {
    /// A folder.
    Folder(PathBuf),
    /// A bucket on S3 or a server like it.
    S3(S3Bucket),
}

/// A bucket. What is absent is read from the `AWS_` variables of the environment.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct S3Bucket {
    /// Its name.
    pub bucket: String,
    /// What all keys begin with; may be empty.
    pub prefix: String,
    /// The server's `http` or `https` URL.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The id of an access key, and its secret.
    pub credentials: Option<(String, String)>,
}

impl fmt::Display for S3Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)?;
        self.endpoint.as_ref().map_or(Ok(()), |endpoint| write!(f, " at {endpoint}"))
    }
}

/// Without the secret.
impl fmt::Debug for S3Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Bucket({self})")
    }
}

pub(super) fn read(environment: &Environment, data: &Path) -> Result<BlobsLink, Mistake> {
    let value = environment.get(NAME).unwrap_or("folder:");
    if let Some(folder) = value.strip_prefix("folder:") {
        return Ok(BlobsLink::Folder(if folder.is_empty() { data.join("blobs") } else { folder.into() }));
    }
    match value.strip_prefix(SCHEME) {
        Some(address) => bucket(address).map(BlobsLink::S3),
        None => Err(unsupported(NAME, value, "`folder:`, `folder:<folder>` or `s3://<bucket>/<prefix>`")),
    }
}

/// Reads `s3://<bucket>/<prefix>?endpoint=<url>&region=<region>`.
impl FromStr for S3Bucket {
    type Err = Mistake;

    fn from_str(url: &str) -> Result<Self, Mistake> {
        let address = url.strip_prefix(SCHEME);
        bucket(address.ok_or_else(|| unsupported(NAME, url, "`s3://<bucket>/<prefix>`"))?)
    }
}

fn bucket(address: &str) -> Result<S3Bucket, Mistake> {
    // From the last `@` on, but not one in the parameters: a secret may hold `@` and `/` that nobody encoded.
    let (place, parameters) = address.rsplit_once('?').unwrap_or((address, ""));
    let (who, place) = place.rsplit_once('@').map_or((None, place), |(who, place)| (Some(who), place));
    let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
    // The rules of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if !(3..=63).contains(&name.len()) || !name.bytes().all(allowed) {
        return Err(mistake("names no bucket", "it is like `s3://<bucket>/<prefix>`"));
    }
    let prefix = prefix.trim_matches('/');
    if !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        || prefix.split('/').any(|part| part == "." || part == "..")
        || prefix.contains("//")
    {
        return Err(mistake(
            "has a prefix that can't be",
            "use letters, digits, `-`, `_` and `.`, with single `/` between",
        ));
    }
    let mut bucket = S3Bucket { bucket: name.to_owned(), prefix: prefix.to_owned(), ..S3Bucket::default() };
    if let Some(who) = who {
        let (key, secret) =
            who.split_once(':').filter(|(key, secret)| !key.is_empty() && !secret.is_empty()).ok_or_else(
                || mistake("has a key without its secret", "it is like `s3://<key>:<secret>@<bucket>`"),
            )?;
        bucket.credentials = Some((decoded(key)?, decoded(secret)?));
    }
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = decoded(value)?;
        match name {
            "endpoint" if is_server(&value) => bucket.endpoint = Some(value),
            "endpoint" => {
                return Err(mistake(
                    "has an endpoint that is no server",
                    "it is like `http://127.0.0.1:9000`",
                ));
            }
            "region" if !value.is_empty() => bucket.region = Some(value),
            "region" => return Err(mistake("has an empty region", "leave it out")),
            other => {
                return Err(Mistake {
                    hint: Some(suggestion(other, PARAMETERS)),
                    ..mistake("has a parameter that this host doesn't know", "")
                });
            }
        }
    }
    Ok(bucket)
}

/// A scheme, a host and maybe a port, and nothing that could be a secret.
fn is_server(url: &str) -> bool {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
    })
}

fn decoded(text: &str) -> Result<String, Mistake> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| mistake("has an encoding that is no UTF-8", "encode it as in a URL"))
}

fn mistake(message: &str, hint: &str) -> Mistake {
    Mistake {
        place: Place::Environment(NAME.to_owned()),
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
    }
}
