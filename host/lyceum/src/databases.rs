//! The services' databases and documents, whichever server holds them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_documents::{MongodbDocuments, SqliteDocuments};
use lyceum_manifest::{DocumentsLink, Manifest, SqlLink};
use lyceum_sql::{Backend, Options, PostgresDatabase, Publishes, SqliteDatabase};

/// What the manifest says that the service publishes.
pub(crate) fn publishes(manifest: &Manifest, service: &str) -> Publishes {
    Publishes::only(manifest.components.get(service).iter().flat_map(|declared| &declared.publishes))
}

/// Opens the database that the link names. Those on a server share its connections, if the options name the same servers.
pub(crate) fn open(service: &str, link: &SqlLink, options: Options) -> Result<Arc<dyn Backend>> {
    match link {
        SqlLink::Sqlite(file) => {
            make_folder_of(file)?;
            let database = SqliteDatabase::open(file, service, options)
                .with_context(|| format!("open the database of {service}, {}", file.display()))?;
            Ok(database)
        }
        SqlLink::Postgres { server, own_database } => {
            let options = Options { create_database: *own_database, ..options };
            let database = PostgresDatabase::connect(server.reveal(), service, options)
                .with_context(|| format!("connect {service} to {server}"))?;
            Ok(database)
        }
        other => anyhow::bail!("this host has no backend for {other:?}"),
    }
}

/// Opens the documents that the link names.
pub(crate) async fn open_documents(
    service: &str,
    link: &DocumentsLink,
    options: lyceum_documents::Options,
) -> Result<Arc<dyn lyceum_documents::Backend>> {
    match link {
        DocumentsLink::Sqlite(file) => {
            make_folder_of(file)?;
            let documents = SqliteDocuments::open(file, service, options)
                .with_context(|| format!("open the documents of {service}, {}", file.display()))?;
            Ok(documents)
        }
        DocumentsLink::Mongodb(url) => {
            let documents = MongodbDocuments::connect(url.reveal(), service, options)
                .await
                .with_context(|| format!("connect the documents of {service} to {url}"))?;
            Ok(documents)
        }
        other => anyhow::bail!("this host has no backend for {other:?}"),
    }
}

fn make_folder_of(file: &Path) -> Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))
}
