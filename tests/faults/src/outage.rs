//! A service whose database is taken away, and given back.

use anyhow::{Context, Result};
use lyceum_end_to_end::harness::{Database, Lyceum};

/// As long as it lives, the service can't write, and on a server not read either.
pub enum Outage {
    /// A transaction that no other can write beside.
    File(rusqlite::Connection),
    /// One that has every table to itself.
    Server(tokio_postgres::Client),
}

impl Outage {
    /// Begins.
    pub async fn of(lyceum: &Lyceum, service: &str) -> Result<Self> {
        let Database::Server { url, .. } = lyceum.database() else {
            let file = rusqlite::Connection::open(lyceum.data().join(format!("sql/{service}.db")))?;
            file.busy_timeout(std::time::Duration::from_secs(10))?;
            file.execute_batch("BEGIN IMMEDIATE").with_context(|| format!("take {service} away"))?;
            return Ok(Self::File(file));
        };
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1";
        let tables: Vec<String> =
            client.query(tables, &[&service]).await?.iter().map(|row| row.get(0)).collect();
        let all = tables.join(", ");
        client
            .batch_execute(&format!("BEGIN; LOCK TABLE {all} IN ACCESS EXCLUSIVE MODE"))
            .await
            .with_context(|| format!("take {service} away"))?;
        Ok(Self::Server(client))
    }
}
