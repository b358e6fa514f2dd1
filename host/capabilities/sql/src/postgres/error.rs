//! PostgreSQL's errors in this crate's terms.

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::Error;

/// Why a step on the server failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// For good.
    Final(Error),
    /// Another transaction was in the way; this one did not commit and may be repeated.
    Conflict,
    /// A prepared statement no longer fits the schema; prepared anew it may be repeated.
    Stale,
    /// The connection is gone.
    Lost(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(failure) = error.as_db_error() else { return Self::Lost(describe(&error)) };
        let code = failure.code();
        if [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::T_R_DEADLOCK_DETECTED].contains(&code) {
            return Self::Conflict;
        }
        if *code == SqlState::FEATURE_NOT_SUPPORTED && failure.routine() == Some("RevalidateCachedQuery") {
            return Self::Stale;
        }
        // A server that became a standby, or is one: another connection may find the one that took over.
        if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
            return Self::Lost("the server is read-only".into());
        }
        let fatal = matches!(failure.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
        if fatal || code.code().starts_with("08") {
            return Self::Lost(failure.message().to_owned());
        }
        Self::Final(map(failure))
    }
}

impl Failure {
    /// Of a step that holds nothing of the service's: a server that refuses it, as a standby does, serves nobody.
    pub(super) fn unfit(error: tokio_postgres::Error) -> Self {
        match Self::from(error) {
            Self::Final(Error::Invalid(reason)) => Self::Lost(reason),
            other => other,
        }
    }

    /// The answer when it is not tried again.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Final(error) => error,
            Self::Conflict => Error::Conflict,
            Self::Stale => Error::Unavailable("the schema is changing".into()),
            Self::Lost(reason) => Error::Unavailable(reason),
        }
    }
}

/// The error with its cause, which its own text leaves out.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn map(error: &DbError) -> Error {
    let message = error.message().to_owned();
    let code = error.code();
    match code.code() {
        "23505" => Error::Unique(unique(error)),
        "23503" => Error::ForeignKey(error.constraint().unwrap_or_default().to_owned()),
        "23514" => Error::Check(error.constraint().unwrap_or_default().to_owned()),
        "23502" => Error::NotNull(of_table(error, error.column().unwrap_or_default())),
        "57014" => Error::Timeout,
        "55P03" => Error::Conflict,
        "53100" => Error::StorageFull,
        // The tables of this crate are missing.
        "42P01" if message.contains("lyceum_") => Error::Unavailable("the schema is not migrated".into()),
        other => match other.get(..2) {
            Some("22" | "23" | "42" | "0A" | "21") => Error::Invalid(message),
            Some("54") => Error::TooLarge(message),
            _ => Error::Unavailable(format!("{message} ({other})")),
        },
    }
}

/// The detail is like `Key (label, number)=(a, 1) already exists.`, in the server's language, but for the
/// part that is looked for here.
fn unique(error: &DbError) -> String {
    if error.constraint() == Some("lyceum_outbox_id_key") {
        return "event.id".into();
    }
    let columns = error.detail().and_then(|detail| detail.split_once('(')?.1.split_once(")=("));
    match columns {
        Some((columns, _)) => of_table(error, &columns.replace(", ", ",")),
        None => error.constraint().unwrap_or_default().to_owned(),
    }
}

fn of_table(error: &DbError, column: &str) -> String {
    format!("{}.{column}", error.table().unwrap_or_default())
}
