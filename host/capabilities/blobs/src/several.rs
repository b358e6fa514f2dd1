//! What takes several calls of a container.

use futures::StreamExt;

use crate::{Container, Error};

/// Writes what an object has into another, which may lie in another container.
///
/// # Errors
/// As those of reading and writing; then the other object is as it was.
pub async fn copy(source: &dyn Container, from: &str, target: &dyn Container, to: &str) -> Result<(), Error> {
    let mut object = source.read(from, 0..u64::MAX).await?;
    let mut upload = target.write(to).await?;
    while let Some(bytes) = object.bytes.next().await {
        upload.write(bytes?).await?;
    }
    upload.finish().await
}

/// Removes all objects of a container.
///
/// # Errors
/// The first one; some objects may be gone then.
pub async fn clear(container: &dyn Container) -> Result<(), Error> {
    let mut names = container.list();
    while let Some(name) = names.next().await {
        container.delete(&name?).await?;
    }
    Ok(())
}

/// Whether there is an object of that name.
///
/// # Errors
/// If the store can't say.
pub async fn has(container: &dyn Container, name: &str) -> Result<bool, Error> {
    match container.info(name).await {
        Ok(_) => Ok(true),
        Err(Error::NoSuchObject) => Ok(false),
        Err(error) => Err(error),
    }
}
