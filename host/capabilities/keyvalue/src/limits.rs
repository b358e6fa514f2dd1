//! What every backend refuses.

use bytes::Bytes;

use crate::{BucketOptions, Error};

/// The longest key, in bytes.
const KEY_BYTES: usize = 1024;

pub(crate) fn check(options: &BucketOptions, key: &str, value: &Bytes) -> Result<(), Error> {
    if key.len() > KEY_BYTES {
        return Err(Error::Other(format!("the key is longer than {KEY_BYTES} bytes")));
    }
    if value.len() > options.value_bytes {
        return Err(Error::Other(format!("the value is larger than {} bytes", options.value_bytes)));
    }
    Ok(())
}
