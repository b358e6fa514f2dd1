//! `wasi:blobstore` on a folder.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};
use lyceum_blobs::{Container, Error, Store, Upload};
use lyceum_kit::host::blobs::{BlobReader, BlobStore, BlobWriter, OpenContainer};

use crate::runtime::{inside, wait};

/// Every container of one component.
pub(crate) struct Containers {
    store: Store,
    component: String,
}

struct Opened(Arc<dyn Container>);

struct Writer {
    upload: Option<Box<dyn Upload>>,
    failure: Option<String>,
}

struct Reader {
    bytes: BoxStream<'static, Result<Bytes, Error>>,
    read: Bytes,
}

impl Containers {
    pub(crate) fn in_folder(folder: &Path, component: &str) -> Self {
        let store = Store::in_folder(folder).expect("can't make the folder of blobs");
        Self { store, component: component.to_owned() }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn text(error: Error) -> String {
    error.to_string()
}

impl BlobStore for Containers {
    fn open(&self, name: &str) -> Result<Box<dyn OpenContainer>, String> {
        Ok(Box::new(Opened(self.store.container(&self.component, name))))
    }
}

impl OpenContainer for Opened {
    fn write(&self, name: &str) -> Result<Box<dyn BlobWriter>, String> {
        let upload = wait(self.0.write(name)).map_err(text)?;
        Ok(Box::new(Writer { upload: Some(upload), failure: None }))
    }

    fn read(&self, name: &str, start: u64, last: u64) -> Result<Box<dyn BlobReader>, String> {
        let object = wait(self.0.read(name, start..last.saturating_add(1))).map_err(text)?;
        Ok(Box::new(Reader { bytes: object.bytes, read: Bytes::new() }))
    }

    fn size(&self, name: &str) -> Result<u64, String> {
        wait(self.0.info(name)).map(|info| info.size).map_err(text)
    }

    fn delete(&self, name: &str) -> Result<(), String> {
        wait(self.0.delete(name)).map_err(text)
    }
}

impl BlobWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
        let upload = self.upload.as_mut().ok_or(())?;
        wait(upload.write(Bytes::copy_from_slice(bytes))).map_err(|error| {
            self.failure = Some(error.to_string());
            self.upload = None;
        })
    }

    fn finish(&mut self) -> Result<(), String> {
        match (self.failure.take(), self.upload.take()) {
            (Some(failure), _) => Err(failure),
            (None, Some(upload)) => wait(upload.finish()).map_err(text),
            (None, None) => Err("the object has ended".to_owned()),
        }
    }
}

impl BlobReader for Reader {
    fn read(&mut self, most: u64) -> Result<Option<Vec<u8>>, String> {
        while self.read.is_empty() {
            match wait(self.bytes.next()) {
                Some(read) => self.read = read.map_err(text)?,
                None => return Ok(None),
            }
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.read.len());
        Ok(Some(self.read.split_to(most).to_vec()))
    }
}

/// An object that was not finished is cleared away by a task.
impl Drop for Writer {
    fn drop(&mut self) {
        inside(|| self.upload = None);
    }
}

/// What reads files has to be dropped where a runtime is.
impl Drop for Reader {
    fn drop(&mut self) {
        inside(|| self.bytes = futures::stream::empty().boxed());
    }
}

crate::host::named!(Containers, Opened, Writer, Reader);
