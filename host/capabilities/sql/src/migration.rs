//! Which migrations are to be applied, and which sets of them are refused.

use sha2::{Digest, Sha256};

use crate::guard::check_migration;
use crate::{Error, Migration};

/// Why migrations were not applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// It was applied with another text.
    #[error("migration {0} was edited after it had been applied")]
    Edited(String),
    /// It was applied and is older than some that are given, but is not among them.
    #[error("migration {0} was applied, but is missing")]
    Missing(String),
    /// It is new, but sorts before one that was applied.
    #[error("migration {id} is new, but sorts before {applied}, which was applied")]
    OutOfOrder {
        /// The new one.
        id: String,
        /// The newest one that was applied.
        applied: String,
    },
    /// Two have the same id, or it has none.
    #[error("the migration id {0:?} is empty or used twice")]
    Id(String),
    /// Its text holds what a migration may not.
    #[error("migration {id}: {reason}")]
    Invalid {
        /// Which.
        id: String,
        /// What it may not hold.
        reason: String,
    },
    /// The database refused it; nothing of it is applied.
    #[error("migration {id} failed: {error}")]
    Failed {
        /// Which.
        id: String,
        /// Why.
        error: Error,
    },
    /// The database could not be used at all.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A migration that was applied, as it was recorded.
pub(crate) struct Applied {
    pub(crate) id: String,
    pub(crate) checksum: String,
}

/// SHA-256 of the text, in lower-case hexadecimal.
pub(crate) fn checksum(migration: &Migration) -> String {
    format!("{:x}", Sha256::digest(migration.sql.as_bytes()))
}

/// Those of `given` that are to be applied, in order.
///
/// A database that is *ahead* of all that are given is fine: during a roll-out old code runs on the
/// schema of the new one.
pub(crate) fn plan<'a>(
    applied: &[Applied],
    given: &'a [Migration],
) -> Result<Vec<&'a Migration>, MigrationError> {
    let mut sorted: Vec<&Migration> = given.iter().collect();
    sorted.sort_by(|left, right| left.id.cmp(&right.id));
    let mut previous = "";
    for migration in &sorted {
        if migration.id == previous {
            return Err(MigrationError::Id(migration.id.clone()));
        }
        previous = &migration.id;
    }
    for old in applied {
        match sorted.iter().find(|migration| migration.id == old.id) {
            Some(migration) if checksum(migration) != old.checksum => {
                return Err(MigrationError::Edited(old.id.clone()));
            }
            None if sorted.last().is_some_and(|newest| newest.id > old.id) => {
                return Err(MigrationError::Missing(old.id.clone()));
            }
            Some(_) | None => {}
        }
    }
    let newest = applied.iter().map(|old| old.id.as_str()).max().unwrap_or_default();
    sorted.retain(|migration| applied.iter().all(|old| old.id != migration.id));
    for migration in &sorted {
        let id = migration.id.clone();
        if id.as_str() < newest {
            return Err(MigrationError::OutOfOrder { id, applied: newest.to_owned() });
        }
        check_migration(&migration.sql).map_err(|reason| MigrationError::Invalid { id, reason })?;
    }
    Ok(sorted)
}

/// The ids of a plan.
pub(crate) fn ids(plan: &[&Migration]) -> Vec<String> {
    plan.iter().map(|migration| migration.id.clone()).collect()
}
