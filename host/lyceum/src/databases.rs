//! The services' databases, whichever server holds them.

use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_manifest::SqlLink;
use lyceum_sql::{Backend, Options, PostgresDatabase, SqliteDatabase};

/// Opens the database that the link names.
pub(crate) fn open(service: &str, link: &SqlLink) -> Result<Arc<dyn Backend>> {
    match link {
        SqlLink::Sqlite(file) => {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("make the folder {}", folder.display()))?;
            }
            let database = SqliteDatabase::open(file, service, Options::default())
                .with_context(|| format!("open the database of {service}, {}", file.display()))?;
            Ok(database)
        }
        SqlLink::Postgres { server, own_database } => {
            let options = Options { create_database: *own_database, ..Options::default() };
            let database = PostgresDatabase::connect(server.reveal(), service, options)
                .with_context(|| format!("connect {service} to {server}"))?;
            Ok(database)
        }
        other => anyhow::bail!("this host has no backend for {other:?}"),
    }
}
