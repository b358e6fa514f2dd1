//! SQLite's errors in this crate's terms.

use rusqlite::{ErrorCode, ffi};

use crate::Error;

pub(super) fn map(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let message = message.unwrap_or_else(|| failure.to_string());
            map_failure(failure, message)
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => map_failure(error, msg),
        other => Error::Invalid(other.to_string()),
    }
}

/// An error of COMMIT itself. After a failed write or sync nobody knows what a later recovery will find.
pub(super) fn map_commit(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => Error::OutcomeUnknown,
        _ => map(error),
    }
}

fn map_failure(failure: ffi::Error, message: String) -> Error {
    match failure.code {
        ErrorCode::ConstraintViolation => map_constraint(failure.extended_code, &message),
        ErrorCode::OperationInterrupted => Error::Timeout,
        ErrorCode::DiskFull => Error::StorageFull,
        ErrorCode::TooBig => Error::TooLarge(message),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OutOfMemory
        | ErrorCode::ReadOnly
        | ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::CannotOpen
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::PermissionDenied
        | ErrorCode::NotADatabase
        | ErrorCode::NoLargeFileSupport
        | ErrorCode::OperationAborted
        | ErrorCode::InternalMalfunction => Error::Unavailable(message),
        _ => Error::Invalid(message),
    }
}

/// The message is like `UNIQUE constraint failed: users.email, users.kind`.
fn map_constraint(extended: i32, message: &str) -> Error {
    let subject = message.split_once("constraint failed: ").map_or("", |(_, subject)| subject);
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::Unique(columns(subject))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::ForeignKey(String::new()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => Error::NotNull(subject.to_owned()),
        ffi::SQLITE_CONSTRAINT_CHECK => Error::Check(subject.to_owned()),
        _ => Error::Invalid(message.to_owned()),
    }
}

/// `t.a, t.b` as `t.a,b`.
fn columns(subject: &str) -> String {
    if subject == "lyceum_outbox.id" {
        return "event.id".into();
    }
    let mut parts = subject.split(", ");
    let mut joined = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        joined.push(',');
        joined.push_str(part.split_once('.').map_or(part, |(_, column)| column));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_constraint_names_its_table_once() {
        assert_eq!(columns("users.email"), "users.email");
        assert_eq!(columns("users.email, users.kind"), "users.email,kind");
        assert_eq!(columns("lyceum_outbox.id"), "event.id");
    }
}
