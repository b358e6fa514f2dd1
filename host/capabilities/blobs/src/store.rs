//! A store, in a folder or on a server: both are spoken to through `object_store`.

use std::path::Path as FilePath;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;

use crate::container::StoredContainer;
use crate::patience::{ANSWER, within};
use crate::s3::S3Options;
use crate::{Container, Error, folder, s3};

/// All containers of an application. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) objects: Arc<dyn ObjectStore>,
    pub(crate) prefix: Path,
    /// Size of the parts that an object is written in, in bytes.
    pub(crate) part: usize,
}

impl Store {
    /// A store in this folder, which is made if it is absent; each container is a folder in it. One host at a time
    /// may use it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the folder can't be used.
    pub fn in_folder(folder: &FilePath) -> Result<Self, Error> {
        let objects = Arc::new(folder::open(folder)?);
        Ok(Self { objects, prefix: Path::default(), part: folder::PART })
    }

    /// A store on S3 or a server that speaks its protocol. It connects with the first call.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the options can't be followed.
    pub fn on_s3(options: &S3Options) -> Result<Self, Error> {
        let prefix = Path::parse(&options.prefix)
            .map_err(|error| Error::Configuration(format!("the prefix can't be used: {error}")))?;
        Ok(Self { objects: Arc::new(s3::open(options)?), prefix, part: s3::PART })
    }

    /// Whether the store answers; if not, why.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it doesn't.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut listed = self.objects.list(Some(&self.prefix));
        within(ANSWER, listed.try_next()).await.map(drop)
    }

    /// The container `name` of `component`.
    pub fn container(&self, component: &str, name: &str) -> Arc<dyn Container> {
        let place = self.prefix.clone().join(component).join(name);
        Arc::new(StoredContainer::new(self.clone(), place))
    }
}
