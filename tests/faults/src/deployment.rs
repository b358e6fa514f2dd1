//! Deployments into which one can look without asking them.

use std::future::Future;

use anyhow::{Context, Result};
use lyceum_end_to_end::client::Person;
use lyceum_end_to_end::harness::{Database, Lyceum};
use serde_json::Value;

/// A deployment of any kind.
pub trait Deployment: Sync {
    /// Two text columns of a service's table, straight from its database.
    fn rows(&self, service: &str, query: &str) -> impl Future<Output = Result<Vec<[String; 2]>>> + Send;

    /// Every event that was published, as `lyceum events list` tells them.
    fn published(&self) -> Result<Vec<Value>>;

    /// The events that could not be handled, in whichever words.
    fn dead_letters(&self) -> String;

    /// Somebody who may do everything, signed in.
    fn admin(&self) -> impl Future<Output = Result<Person>> + Send;
}

impl Deployment for Lyceum {
    async fn rows(&self, service: &str, query: &str) -> Result<Vec<[String; 2]>> {
        match self.database() {
            Database::Files => {
                let file = self.data().join("sql").join(format!("{service}.db"));
                let connection =
                    rusqlite::Connection::open(&file).with_context(|| format!("open {}", file.display()))?;
                let mut statement = connection.prepare(query)?;
                let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?]))?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Database::Server { url, .. } => postgres_rows(url, service, query).await,
        }
    }

    fn published(&self) -> Result<Vec<Value>> {
        self.console().published()
    }

    fn dead_letters(&self) -> String {
        let dead = self.console().run(&["events", "list", "--dead", "--json"]);
        dead.map_or_else(|error| error.to_string(), |dead| format!("{dead:?}"))
    }

    async fn admin(&self) -> Result<Person> {
        self.client()?.sign_in(&self.admin()).await
    }
}

/// Two text columns of a service's table in the PostgreSQL database at `url`.
pub async fn postgres_rows(url: &str, service: &str, query: &str) -> Result<Vec<[String; 2]>> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO \"{service}\"")).await?;
    let rows = client.query(query, &[]).await?;
    drop(client);
    connection.await??;
    rows.iter().map(|row| Ok([row.try_get(0)?, row.try_get(1)?])).collect()
}
