//! Migrations, on a connection of their own.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::Shared;
use super::claim::lock_migrations;
use super::connector::{Refused, drive};
use super::create::create_database;
use super::error::Failure;
use super::schema::TABLES;
use crate::migration::{self, Applied, checksum, plan};
use crate::{Error, Migration, MigrationError};

/// A connection that ends with the value.
struct Session {
    client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Shared {
    /// Applies what is new, one host at a time.
    pub(super) async fn migrate(
        self: &Arc<Self>,
        migrations: &[Migration],
    ) -> Result<Vec<String>, MigrationError> {
        plan(&[], migrations)?;
        let session = self.session_in_made_database().await?;
        let client = &session.client;
        let prepare = async {
            // A migration may take as long as it takes.
            client.batch_execute("SET statement_timeout = 0").await?;
            lock_migrations(client, &self.service).await?;
            // The name was checked to need no more quoting.
            client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS \"{}\"", self.service)).await?;
            client.batch_execute(TABLES).await
        };
        prepare.await.map_err(error)?;
        self.warn_of_collation(client).await.map_err(error)?;
        let applied = applied(client).await?;
        let mut done = Vec::new();
        for next in plan(&applied, migrations)? {
            // Dropping the connection rolls back.
            self.apply(client, next)
                .await
                .map_err(|failed| MigrationError::Failed { id: next.id.clone(), error: error(failed) })?;
            done.push(next.id.clone());
        }
        Ok(done)
    }

    /// What would be applied.
    pub(super) async fn pending(
        self: &Arc<Self>,
        migrations: &[Migration],
    ) -> Result<Vec<String>, MigrationError> {
        let applied = match self.session().await {
            Ok(session) => applied(&session.client).await?,
            // It will be made.
            Err(refused) if refused.is_missing && self.options.create_database => Vec::new(),
            Err(refused) => return Err(unavailable(refused).into()),
        };
        Ok(migration::ids(&plan(&applied, migrations)?))
    }

    async fn apply(&self, client: &Client, migration: &Migration) -> Result<(), tokio_postgres::Error> {
        client.batch_execute("BEGIN").await?;
        client.batch_execute(&migration.sql).await?;
        client
            .execute(
                "INSERT INTO lyceum_migration (id, checksum, applied) VALUES ($1, $2, $3)",
                &[&migration.id, &checksum(migration), &self.options.clock.micros()],
            )
            .await?;
        client.batch_execute("COMMIT").await
    }

    /// A session, for which the database is made first if it is missing and may be made.
    async fn session_in_made_database(&self) -> Result<Session, Error> {
        match self.session().await {
            Err(refused) if refused.is_missing && self.options.create_database => {
                create_database(self.pool.connector()).await?;
                self.session().await.map_err(unavailable)
            }
            outcome => outcome.map_err(unavailable),
        }
    }

    async fn session(&self) -> Result<Session, Refused> {
        let (client, messages) = self.pool.connector().open().await?;
        Ok(Session { client, driver: tokio::spawn(drive(messages)) })
    }

    /// Text that sorts by the rules of a language sorts and compares otherwise than on SQLite.
    async fn warn_of_collation(&self, client: &Client) -> Result<(), tokio_postgres::Error> {
        let sorted =
            "SELECT string_agg(word, '' ORDER BY word) = 'Bab' FROM (VALUES ('a'), ('B'), ('b')) AS w (word)";
        if !client.query_one(sorted, &[]).await?.try_get::<_, bool>(0)? {
            tracing::warn!(
                service = self.service,
                "the database's collation is not C, so lists of text are sorted otherwise than services expect"
            );
        }
        Ok(())
    }
}

async fn applied(client: &Client) -> Result<Vec<Applied>, Error> {
    match client.query("SELECT id, checksum FROM lyceum_migration ORDER BY id", &[]).await {
        Ok(rows) => rows
            .iter()
            .map(|row| Ok(Applied { id: row.try_get(0)?, checksum: row.try_get(1)? }))
            .collect::<Result<_, _>>()
            .map_err(error),
        // Nothing was ever applied.
        Err(missing) if missing.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(Vec::new()),
        Err(failed) => Err(error(failed)),
    }
}

fn unavailable(refused: Refused) -> Error {
    Failure::from(refused).into_error()
}

fn error(error: tokio_postgres::Error) -> Error {
    Failure::from(error).into_error()
}
