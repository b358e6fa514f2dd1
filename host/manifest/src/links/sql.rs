//! `LYCEUM_SQL`: which database each service has.

use std::path::{Path, PathBuf};

use super::ServerUrl;
use super::per_service::{Kind, PLACEHOLDER};

pub(super) const SQL: Kind<SqlLink> = Kind {
    variable: "LYCEUM_SQL",
    what: "a database",
    supported: "`sqlite:`, `sqlite:<file>` or `postgres://<server>/<database>`",
    wanted: |component| component.sql,
    parse,
    own: |link| match link {
        SqlLink::Sqlite(file) => Some(file.display().to_string()),
        SqlLink::Postgres { .. } => None,
    },
    folder: "sql",
};

/// The database of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SqlLink {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A schema of its own, named after the service, on a server.
    Postgres {
        /// Where its database is.
        server: ServerUrl,
        /// Whether the database is the service's own, because `{service}` is in its name: then it is made
        /// when it is missing.
        own_database: bool,
    },
}

impl SqlLink {
    /// Whether several hosts could use it at once.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }
}

fn parse(written: &str, value: &str, default: &Path) -> Option<SqlLink> {
    if let Some(file) = value.strip_prefix("sqlite:") {
        return Some(SqlLink::Sqlite(if file.is_empty() { default.to_owned() } else { PathBuf::from(file) }));
    }
    let server = value.strip_prefix("postgres://").or_else(|| value.strip_prefix("postgresql://"))?;
    let own_database = database_name(written).is_some_and(|name| name.contains(PLACEHOLDER));
    (!server.is_empty()).then(|| SqlLink::Postgres { server: ServerUrl::new(value.to_owned()), own_database })
}

/// What stands between the hosts and the parameters. A password before the `@` may hold anything else.
fn database_name(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split_once('@').map_or(rest, |(_, after)| after);
    rest.split('?').next()?.split_once('/').map(|(_, name)| name)
}
