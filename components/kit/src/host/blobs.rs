//! `wasi:blobstore`

use std::fmt;

#[cfg(target_family = "wasm")]
pub(crate) use guest::{Container, Reader, Writer, open};
#[cfg(not(target_family = "wasm"))]
pub use native::BlobStore;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Container, Reader, Writer, open};

/// An open container. `R` streams an object out, `W` one in.
pub trait OpenContainer<R = Box<dyn BlobReader>, W = Box<dyn BlobWriter>>: fmt::Debug + Send {
    /// Begins an object.
    fn write(&self, name: &str) -> Result<W, String>;
    /// The bytes from `start` to `last`, both included.
    fn read(&self, name: &str, start: u64, last: u64) -> Result<R, String>;
    /// An object's size in bytes.
    fn size(&self, name: &str) -> Result<u64, String>;
    /// Deletes an object; an absent one is no error.
    fn delete(&self, name: &str) -> Result<(), String>;
}

/// An object on its way in. Dropped before it is finished, it leaves nothing behind.
pub trait BlobWriter: fmt::Debug + Send {
    /// Adds bytes. After an error, [`BlobWriter::finish`] says why.
    #[allow(clippy::result_unit_err, reason = "the reason comes at the end")]
    fn write(&mut self, bytes: &[u8]) -> Result<(), ()>;
    /// Puts the object in its place.
    fn finish(&mut self) -> Result<(), String>;
}

/// An object on its way out.
pub trait BlobReader: fmt::Debug + Send {
    /// The next bytes, at most that many; nothing at the end.
    fn read(&mut self, most: u64) -> Result<Option<Vec<u8>>, String>;
}

#[cfg(target_family = "wasm")]
mod guest {
    use lyceum_bindings::imports::wasi::{
        blobstore::{
            blobstore::get_container,
            types::{IncomingValue, OutgoingValue},
        },
        io::streams::{InputStream, OutputStream, StreamError},
    };

    pub(crate) use lyceum_bindings::imports::wasi::blobstore::container::Container;

    use super::{BlobReader, BlobWriter, OpenContainer};
    use crate::http::write_bytes;

    pub(crate) fn open(name: &str) -> Result<Container, String> {
        get_container(name)
    }

    impl OpenContainer<Reader, Writer> for Container {
        fn write(&self, name: &str) -> Result<Writer, String> {
            let value = OutgoingValue::new_outgoing_value();
            self.write_data(name, &value)?;
            let stream = value.outgoing_value_write_body();
            let stream = stream.map_err(|()| "the host gave no stream".to_owned())?;
            Ok(Writer { stream: Some(stream), value: Some(value) })
        }

        fn read(&self, name: &str, start: u64, last: u64) -> Result<Reader, String> {
            let value = self.get_data(name, start, last)?;
            Ok(Reader(IncomingValue::incoming_value_consume_async(value)?))
        }

        fn size(&self, name: &str) -> Result<u64, String> {
            Ok(self.object_info(name)?.size)
        }

        fn delete(&self, name: &str) -> Result<(), String> {
            self.delete_object(name)
        }
    }

    #[derive(Debug)]
    pub(crate) struct Writer {
        // The stream is a child of the value: fields are dropped in this order.
        stream: Option<OutputStream>,
        value: Option<OutgoingValue>,
    }

    impl BlobWriter for Writer {
        fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
            write_bytes(self.stream.as_ref().ok_or(())?, bytes).map_err(drop)
        }

        fn finish(&mut self) -> Result<(), String> {
            self.stream = None;
            OutgoingValue::finish(self.value.take().ok_or_else(|| "the object has ended".to_owned())?)
        }
    }

    #[derive(Debug)]
    pub(crate) struct Reader(InputStream);

    impl BlobReader for Reader {
        fn read(&mut self, most: u64) -> Result<Option<Vec<u8>>, String> {
            match self.0.blocking_read(most) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(StreamError::Closed) => Ok(None),
                Err(StreamError::LastOperationFailed(error)) => Err(error.to_debug_string()),
            }
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::fmt;

    use super::{BlobReader, BlobWriter, OpenContainer};
    use crate::host::installed::required;

    pub(crate) type Container = Box<dyn OpenContainer>;
    pub(crate) type Reader = Box<dyn BlobReader>;
    pub(crate) type Writer = Box<dyn BlobWriter>;

    /// Where containers are opened; the call is that of WIT.
    pub trait BlobStore: fmt::Debug {
        /// Opens the container of that name.
        fn open(&self, name: &str) -> Result<Box<dyn OpenContainer>, String>;
    }

    pub(crate) fn open(name: &str) -> Result<Container, String> {
        required("wasi:blobstore", |host| host.blobs.as_ref()).open(name)
    }
}
