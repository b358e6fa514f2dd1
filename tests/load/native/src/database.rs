//! The database: one connection that writes, several that read.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlitePool};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS accounts (
        id TEXT PRIMARY KEY,
        email TEXT NOT NULL,
        email_folded TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL,
        password TEXT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS outbox (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        aggregate_id TEXT NOT NULL,
        data TEXT NOT NULL
    );";

/// The connection that writes, with the tables in place.
pub(crate) async fn open_writer(file: &Path) -> anyhow::Result<SqliteConnection> {
    let options = options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true);
    let mut connection =
        SqliteConnection::connect_with(&options).await.with_context(|| format!("open {}", file.display()))?;
    sqlx::raw_sql(TABLES).execute(&mut connection).await.context("create the tables")?;
    Ok(connection)
}

/// Connections that read, all open from the start.
pub(crate) async fn open_readers(file: &Path, count: NonZeroU32) -> anyhow::Result<SqlitePool> {
    SqlitePoolOptions::new()
        .min_connections(count.get())
        .max_connections(count.get())
        // A connection to a file in the same process does not break by itself.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options(file).read_only(true))
        .await
        .with_context(|| format!("open {} for reading", file.display()))
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
}
