//! How long a store may take.

use std::time::Duration;

use tokio::time::timeout;

use crate::Error;

/// To answer a question, or to hand out the next bytes.
pub(crate) const ANSWER: Duration = Duration::from_secs(3);
/// To take a part of an object, or to put one together from its parts.
pub(crate) const TRANSFER: Duration = Duration::from_secs(15);

/// Waits no longer than that.
pub(crate) async fn within<T, E: Into<Error>>(
    patience: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, Error> {
    match timeout(patience, call).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Error::Unavailable("it did not answer in time".to_owned())),
    }
}
