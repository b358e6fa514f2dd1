//! Why a call failed, in the terms of `lyceum:data/sql.error`.

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A unique constraint, as `table.column[,column]`.
    #[error("unique constraint on {0}")]
    Unique(String),
    /// A foreign key, by the name the database gives, or empty.
    #[error("foreign key {0}")]
    ForeignKey(String),
    /// A check constraint, by its name.
    #[error("check constraint {0}")]
    Check(String),
    /// A NOT NULL constraint, as `table.column`.
    #[error("{0} must not be null")]
    NotNull(String),
    /// The statement with this index missed its `expect_rows`.
    #[error("statement {0} did not touch the expected number of rows")]
    Expectation(u32),
    /// The `once` key was used before with another fingerprint.
    #[error("the key was used before for another request")]
    KeyReused,
    /// Still in conflict with other transactions when the deadline came.
    #[error("in conflict with other transactions until the deadline")]
    Conflict,
    /// The statement itself is wrong.
    #[error("invalid statement: {0}")]
    Invalid(String),
    /// A parameter, a row set or an answer is over its limit.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The disk is full.
    #[error("the storage is full")]
    StorageFull,
    /// The deadline passed before the commit began.
    #[error("the deadline passed")]
    Timeout,
    /// The database can't be reached; nothing was committed.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The connection broke during commit.
    #[error("the connection broke during commit")]
    OutcomeUnknown,
}

impl From<Error> for lyceum_events::OutboxError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}
