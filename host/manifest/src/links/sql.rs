//! `LYCEUM_SQL`: which database each service has.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Environment, ServerUrl, unsupported};
use crate::mistake::{Mistake, Place};
use crate::model::Manifest;
use crate::read::table::suggestion;

const VARIABLE: &str = "LYCEUM_SQL";
const PLACEHOLDER: &str = "{service}";

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

pub(super) fn read(
    manifest: &Manifest,
    environment: &Environment,
    data: &Path,
    mistakes: &mut Vec<Mistake>,
) -> BTreeMap<String, SqlLink> {
    let services: BTreeMap<String, &str> = manifest
        .components
        .values()
        .filter(|component| component.sql)
        .map(|component| (suffix(&component.id), component.id.as_str()))
        .collect();
    refuse_unknown(environment, &services, mistakes);
    let mut links = BTreeMap::new();
    let mut owners: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for (suffix, &service) in &services {
        let own = format!("{VARIABLE}_{suffix}");
        let (name, value) = match environment.get(&own) {
            Some(value) => (own.as_str(), value),
            None => (VARIABLE, environment.get(VARIABLE).unwrap_or("sqlite:")),
        };
        let Some(link) = parse(value, service, data) else {
            let mistake =
                unsupported(name, value, "`sqlite:`, `sqlite:<file>` or `postgres://<server>/<database>`");
            if !mistakes.contains(&mistake) {
                mistakes.push(mistake);
            }
            continue;
        };
        if let SqlLink::Sqlite(file) = &link
            && let Some(other) = owners.insert(file.clone(), service)
        {
            mistakes.push(Mistake {
                place: Place::Environment(name.to_owned()),
                message: format!("gives `{other}` and `{service}` the same file, {}", file.display()),
                hint: Some(format!("write {PLACEHOLDER} in it, which stands for the service's name")),
            });
        }
        links.insert(service.to_owned(), link);
    }
    links
}

fn parse(value: &str, service: &str, data: &Path) -> Option<SqlLink> {
    let own_database = database_name(value).is_some_and(|name| name.contains(PLACEHOLDER));
    let value = value.replace(PLACEHOLDER, service);
    if let Some(file) = value.strip_prefix("sqlite:") {
        let default = || data.join("sql").join(format!("{service}.db"));
        return Some(SqlLink::Sqlite(if file.is_empty() { default() } else { PathBuf::from(file) }));
    }
    let server = value.strip_prefix("postgres://").or_else(|| value.strip_prefix("postgresql://"))?;
    (!server.is_empty()).then(|| SqlLink::Postgres { server: ServerUrl::new(value.clone()), own_database })
}

/// What stands between the hosts and the parameters. A password before the `@` may hold anything else.
fn database_name(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split_once('@').map_or(rest, |(_, after)| after);
    rest.split('?').next()?.split_once('/').map(|(_, name)| name)
}

fn suffix(id: &str) -> String {
    id.to_ascii_uppercase().replace('-', "_")
}

fn refuse_unknown(environment: &Environment, services: &BTreeMap<String, &str>, mistakes: &mut Vec<Mistake>) {
    for (suffix, _) in environment.with_prefix("LYCEUM_SQL_") {
        if !services.contains_key(suffix) {
            mistakes.push(Mistake {
                place: Place::Environment(format!("{VARIABLE}_{suffix}")),
                message: "names no component that has a database".to_owned(),
                hint: Some(suggestion(suffix, services.keys().map(String::as_str))),
            });
        }
    }
}
