//! The services' databases that are copied as of one moment: those of the sql capability, and documents in files.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lyceum_manifest::{DocumentsLink, Links, SqlLink};
use lyceum_sql::Options;
use lyceum_sql::backup::{Source, Target};

use super::description::{Copy, Kind};

/// One of them, while it is copied.
pub(crate) struct Database {
    pub(crate) service: String,
    pub(crate) has_documents: bool,
    /// The kind and the file in the backup.
    pub(crate) copy: Copy,
    pub(crate) source: Source,
}

impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.has_documents { "the documents of" } else { "the database of" };
        write!(formatter, "{what} {}", self.service)
    }
}

/// Opens all of them, in the order in which they are held.
pub(crate) async fn sources(links: &Links) -> Result<Vec<Database>> {
    let mut all = Vec::new();
    for (service, link) in &links.sql {
        let opened = match link {
            SqlLink::Sqlite(file) => {
                Source::sqlite(file).map(|source| (Kind::Sqlite, format!("sql/{service}.db"), source))
            }
            SqlLink::Postgres { server, .. } => Source::postgres(server.reveal(), service)
                .await
                .map(|source| (Kind::Postgres, format!("sql/{service}.dump"), source)),
            other => bail!("this host has no backend for {other:?}"),
        };
        let (store, file, source) = opened.with_context(|| {
            format!("open the database of {service} (was the application started, or `lyceum migrate` run?)")
        })?;
        let copy = Copy { store, file };
        all.push(Database { service: service.clone(), has_documents: false, copy, source });
    }
    for (service, link) in &links.documents {
        let DocumentsLink::Sqlite(file) = link else { continue };
        let source = Source::sqlite(file).with_context(|| format!("open the documents of {service}"))?;
        let copy = Copy { store: Kind::Sqlite, file: format!("documents/{service}.db") };
        all.push(Database { service: service.clone(), has_documents: true, copy, source });
    }
    Ok(all)
}

/// Where the copy of a service's database is to be put.
pub(crate) async fn target(service: &str, copy: &Copy, links: &Links) -> Result<Target> {
    let Some(link) = links.sql.get(service) else {
        bail!("the backup has a database of {service}, which the manifest has not");
    };
    match (link, copy.store) {
        (SqlLink::Sqlite(file), Kind::Sqlite) => Ok(Target::sqlite(file)),
        (SqlLink::Postgres { server, own_database }, Kind::Postgres) => {
            let options = Options { create_database: *own_database, ..Options::default() };
            Target::postgres(server.reveal(), service, &options)
                .await
                .with_context(|| format!("open the database of {service} on {server}"))
        }
        (_, store) => {
            bail!("the database of {service} comes from {store}, and can't be put into another kind")
        }
    }
}

/// Where the copy of a service's documents in a file is to be put.
pub(crate) fn documents_file<'a>(service: &str, links: &'a Links) -> Result<&'a Path> {
    match links.documents.get(service) {
        Some(DocumentsLink::Sqlite(file)) => Ok(file),
        Some(_) => bail!("the documents of {service} come from a file, and can't be put into another kind"),
        None => bail!("the backup has documents of {service}, which the manifest has not"),
    }
}
