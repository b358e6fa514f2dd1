//! Why something can't be done with a file.

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::{config::ConfigError, settings::SettingsError, violation::Invalid};

/// A rule for files is broken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// Fields of what was announced are wrong.
    #[error("fields are not valid")]
    Invalid(#[from] Invalid),
    /// The extension is not one of those that are taken, or the stated type isn't that of the extension.
    #[error("Files of this type are not taken; these are: {0}.")]
    TypeNotAllowed(String),
    /// The content comes as another type than was announced.
    #[error("The file was announced as {0}.")]
    TypeMismatch(String),
    /// Larger than files may be.
    #[error("A file may have at most {0} bytes.")]
    TooLarge(i64),
    /// All files of the owner together.
    #[error("Your files would have more than {0} bytes in all; delete some first.")]
    QuotaExceeded(i64),
    /// The content is there, and doesn't change.
    #[error("The file has its content, which doesn't change; upload another file.")]
    Complete,
    /// The content is not there yet.
    #[error("The file's content has not been uploaded yet.")]
    Incomplete,
    /// Another number of bytes came than was announced.
    #[error("The content has {came} bytes, not {announced} as announced. Nothing was stored.")]
    SizeMismatch {
        /// Bytes that came.
        came: u64,
        /// Bytes that were announced.
        announced: i64,
    },
    /// Another content came than was stated.
    #[error("The content's SHA-256 is {came}, not {stated} as stated. Nothing was stored.")]
    ChecksumMismatch {
        /// Of what came.
        came: Sha256Digest,
        /// By the client.
        stated: Sha256Digest,
    },
    /// The parts that are there are not the whole file.
    #[error("Parts are missing; see the list of parts.")]
    PartsMissing,
    /// The parts that are there are more than the whole file.
    #[error("With this part the file would have more bytes than its file_size. It was not stored.")]
    PartsTooLarge,
}

/// Why a link doesn't work.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// Not signed by this service for this file and moment.
    #[error("This link was not made here.")]
    Forged,
    /// Its time is over.
    #[error("This link has expired.")]
    Expired,
    /// There is no key to sign with.
    #[error(transparent)]
    Key(#[from] SettingsError),
}

/// The operator's variables can't be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum RulesError {
    /// One can't be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// One is not a number that is larger than 0.
    #[error("the variable {0} must be a number of bytes")]
    NotANumber(&'static str),
}
