//! Why a call failed, in the terms of `lyceum:data/documents.error`.

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The document that was to be changed does not exist.
    #[error("there is no such document")]
    NotFound,
    /// The document's version is not the expected one, but this.
    #[error("the document has version {0}")]
    Expectation(u64),
    /// The `once` key was used before with another fingerprint.
    #[error("the key was used before for another request")]
    KeyReused,
    /// Still in conflict with other writers when the deadline came.
    #[error("in conflict with other writers until the deadline")]
    Conflict,
    /// The request itself is wrong.
    #[error("invalid: {0}")]
    Invalid(String),
    /// A document, an answer or a result is over its limit.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The disk is full.
    #[error("the storage is full")]
    StorageFull,
    /// The deadline passed before anything was written.
    #[error("the deadline passed")]
    Timeout,
    /// The store can't be reached, or can't take the write now; nothing was written.
    #[error("the documents are unavailable: {0}")]
    Unavailable(String),
    /// The connection broke, or the deadline passed, during the write.
    #[error("the connection broke during the write")]
    OutcomeUnknown,
}

impl From<lyceum_sql::Error> for Error {
    fn from(error: lyceum_sql::Error) -> Self {
        use lyceum_sql::Error as Sql;
        match error {
            Sql::KeyReused => Self::KeyReused,
            Sql::Conflict => Self::Conflict,
            Sql::TooLarge(what) => Self::TooLarge(what),
            Sql::StorageFull => Self::StorageFull,
            Sql::Timeout => Self::Timeout,
            Sql::Unavailable(why) => Self::Unavailable(why),
            Sql::OutcomeUnknown => Self::OutcomeUnknown,
            Sql::Invalid(why) => Self::Invalid(why),
            Sql::Unique(what) if what == "event.id" => Self::Invalid("the event id was used before".into()),
            other => Self::Invalid(other.to_string()),
        }
    }
}

impl From<Error> for lyceum_events::OutboxError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}
