//! `wasi:keyvalue`

use std::fmt;

pub use lyceum_bindings::imports::wasi::keyvalue::store::Error;

#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::wasi::keyvalue::store::{Bucket as Open, open};
#[cfg(not(target_family = "wasm"))]
pub use native::KeyValue;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Open, open};

/// An open bucket. The interfaces `atomics` and `batch` are among its calls.
pub trait OpenBucket: fmt::Debug + Send {
    /// A key's value.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;
    /// Sets a key.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error>;
    /// Forgets a key.
    fn delete(&self, key: &str) -> Result<(), Error>;
    /// Whether the key is there.
    fn exists(&self, key: &str) -> Result<bool, Error>;
    /// The values of several keys, in their order.
    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error>;
    /// Sets several keys.
    fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), Error>;
    /// Adds to a counter, atomically; its new value.
    fn increment(&self, key: &str, delta: u64) -> Result<u64, Error>;
}

#[cfg(target_family = "wasm")]
mod guest {
    use lyceum_bindings::imports::wasi::keyvalue::{atomics, batch, store::Bucket};

    use super::{Error, OpenBucket};

    impl OpenBucket for Bucket {
        fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
            Self::get(self, key)
        }

        fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
            Self::set(self, key, value)
        }

        fn delete(&self, key: &str) -> Result<(), Error> {
            Self::delete(self, key)
        }

        fn exists(&self, key: &str) -> Result<bool, Error> {
            Self::exists(self, key)
        }

        fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
            let found = batch::get_many(self, keys)?;
            Ok(found.into_iter().map(|entry| entry.map(|(_, value)| value)).collect())
        }

        fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), Error> {
            batch::set_many(self, entries)
        }

        fn increment(&self, key: &str, delta: u64) -> Result<u64, Error> {
            atomics::increment(self, key, delta)
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::fmt;

    use super::{Error, OpenBucket};
    use crate::host::installed::required;

    pub(crate) type Open = Box<dyn OpenBucket>;

    /// Where buckets are opened; the call is that of WIT.
    pub trait KeyValue: fmt::Debug {
        /// Opens the bucket of that name.
        fn open(&self, name: &str) -> Result<Box<dyn OpenBucket>, Error>;
    }

    pub(crate) fn open(name: &str) -> Result<Open, Error> {
        required("wasi:keyvalue", |host| host.keyvalue.as_ref()).open(name)
    }
}
