//! `LYCEUM_DOCUMENTS`: where each service's documents are.

use std::path::{Path, PathBuf};

use super::ServerUrl;
use super::per_service::Kind;

pub(super) const DOCUMENTS: Kind<DocumentsLink> = Kind {
    variable: "LYCEUM_DOCUMENTS",
    what: "documents",
    supported: "`sqlite:`, `sqlite:<file>`, `mongodb://<server>/<database>` or `mongodb+srv://<name>/<database>`, \
                with {service} in the database's name, or none",
    wanted: |component| component.documents,
    parse,
    own: |link| match link {
        DocumentsLink::Sqlite(file) => Some(file.display().to_string()),
        DocumentsLink::Mongodb(url) => names_database(url).then(|| url.to_string()),
    },
    folder: "documents",
};

/// Where one service's documents are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentsLink {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A database of its own on this server: the one in the URL, or `lyceum_SERVICE`.
    Mongodb(ServerUrl),
}

impl DocumentsLink {
    /// Whether several hosts could use it at once.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Mongodb(_))
    }
}

fn parse(_: &str, value: &str, default: &Path) -> Option<DocumentsLink> {
    if let Some(file) = value.strip_prefix("sqlite:") {
        let file = if file.is_empty() { default.to_owned() } else { PathBuf::from(file) };
        return Some(DocumentsLink::Sqlite(file));
    }
    let server = value.strip_prefix("mongodb://").or_else(|| value.strip_prefix("mongodb+srv://"))?;
    (!server.is_empty()).then(|| DocumentsLink::Mongodb(ServerUrl::new(value.to_owned())))
}

/// Whether there is a name behind the servers' part.
fn names_database(url: &ServerUrl) -> bool {
    let shown = url.to_string();
    let after_scheme = shown.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.split_once('/').is_some_and(|(_, name)| !name.is_empty())
}
