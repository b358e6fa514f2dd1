//! `LYCEUM_SQL`: which database each service has.

use std::path::{Path, PathBuf};

use super::ServerUrl;
use super::per_service::Kind;

pub(super) const SQL: Kind<SqlLink> = Kind {
    variable: "LYCEUM_SQL",
    what: "a database",
    supported: "`sqlite:`, `sqlite:<file>` or `postgres://<server>/<database>`",
    wanted: |component| component.sql,
    parse,
    own: |link| match link {
        SqlLink::Sqlite(file) => Some(file.display().to_string()),
        SqlLink::Postgres(_) => None,
    },
    folder: "sql",
};

/// The database of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SqlLink {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A schema of its own, named after the service, on this server.
    Postgres(ServerUrl),
}

impl SqlLink {
    /// Whether several hosts could use it at once.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

fn parse(value: &str, default: &Path) -> Option<SqlLink> {
    if let Some(file) = value.strip_prefix("sqlite:") {
        return Some(SqlLink::Sqlite(if file.is_empty() { default.to_owned() } else { PathBuf::from(file) }));
    }
    let server = value.strip_prefix("postgres://").or_else(|| value.strip_prefix("postgresql://"))?;
    (!server.is_empty()).then(|| SqlLink::Postgres(ServerUrl::new(value.to_owned())))
}
