//! Asking the server, and understanding why it did not do it.

use std::time::{Duration, Instant};

use mongodb::error::{Error as Refusal, ErrorKind, WriteFailure};
use tokio::time::{sleep, timeout_at};

use crate::Error;

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// `DuplicateKey`
const EXISTS: i32 = 11000;
/// `OutOfDiskSpace`
const DISK_FULL: i32 = 14031;
/// `BSONObjectTooLarge` and two older ones.
const TOO_LARGE: [i32; 3] = [10334, 17419, 17420];
/// A server that starts, stops, or has just lost or gained the primary's part, or whose answer another server lost:
/// the codes that drivers repeat a write for.
const AGAIN: [i32; 16] =
    [6, 7, 89, 91, 112, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 24];
/// `MaxTimeMSExpired`
const EXPIRED: i32 = 50;
/// `BadValue`, `FailedToParse`, `TypeMismatch`, `DollarPrefixedFieldName`, `NotImplemented`: it is about the document.
const WRONG: [i32; 5] = [2, 9, 14, 52, 238];

/// Why an operation has no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing was sent.
    Unreachable(String),
    /// Whether it was done is not known; it may be tried again.
    Broken(String),
    /// There is a document with this id.
    Exists,
    /// The deadline passed. Whether it was done is not known.
    Late,
    /// It was not done, and would not be the next time.
    Refused(Error),
}

impl Failure {
    /// Of an operation that changes nothing.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Unreachable(why) | Self::Broken(why) => Error::Unavailable(why),
            Self::Exists => Error::Conflict,
            Self::Late => Error::Timeout,
            Self::Refused(error) => error,
        }
    }
}

/// Runs one operation until the deadline.
pub(super) async fn ask<T>(
    deadline: Instant,
    operation: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Failure> {
    match timeout_at(deadline.into(), operation).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(refusal)) => Err(understand(&refusal)),
        Err(_) => Err(Failure::Late),
    }
}

/// Runs an operation that may be done twice, again and again until the deadline while connections break.
pub(super) async fn insist<T, F: Future<Output = Result<T, Refusal>>>(
    deadline: Instant,
    mut operation: impl FnMut() -> F,
) -> Result<T, Error> {
    loop {
        match ask(deadline, operation()).await {
            Err(Failure::Broken(_)) if Instant::now() + PAUSE < deadline => pause().await,
            result => return result.map_err(Failure::into_error),
        }
    }
}

/// Lets a server that starts, or another writer, go on.
pub(super) async fn pause() {
    sleep(PAUSE.mul_f64(rand::random_range(0.2..=1.0))).await;
}

fn understand(refusal: &Refusal) -> Failure {
    match refusal.kind.as_ref() {
        ErrorKind::ServerSelection { .. } | ErrorKind::ConnectionPoolCleared { .. } => {
            Failure::Unreachable("no server answers".into())
        }
        ErrorKind::DnsResolve { .. } => Failure::Unreachable("the server's name is not known".into()),
        ErrorKind::Authentication { .. } => Failure::Unreachable("the server refuses the credentials".into()),
        ErrorKind::InvalidTlsConfig { .. } => Failure::Unreachable("TLS can't be set up".into()),
        ErrorKind::Io(error) => Failure::Broken(format!("the connection broke: {error}")),
        ErrorKind::InvalidResponse { .. } => Failure::Broken("the server's answer was not understood".into()),
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => {
            Failure::Broken(format!("the write was not confirmed: {}", error.message))
        }
        ErrorKind::Write(WriteFailure::WriteError(error)) => of_code(error.code, &error.message),
        ErrorKind::Command(error) => of_code(error.code, &error.message),
        other => Failure::Refused(Error::Unavailable(format!("the server did not do it: {other}"))),
    }
}

fn of_code(code: i32, message: &str) -> Failure {
    match code {
        EXISTS => Failure::Exists,
        EXPIRED => Failure::Late,
        DISK_FULL => Failure::Refused(Error::StorageFull),
        code if TOO_LARGE.contains(&code) => Failure::Refused(Error::TooLarge(message.to_owned())),
        code if AGAIN.contains(&code) => Failure::Broken(message.to_owned()),
        code if WRONG.contains(&code) => Failure::Refused(Error::Invalid(message.to_owned())),
        _ => Failure::Refused(Error::Unavailable(format!("the server did not do it: {message} ({code})"))),
    }
}
