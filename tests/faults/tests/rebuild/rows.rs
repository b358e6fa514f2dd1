//! The service's tables, read and damaged behind its back.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_end_to_end::harness::{Database, Lyceum};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// All rows, also of the table that is no read model.
const ALL: [&str; 4] = [
    "SELECT 'member', user_id, display_name, auth_sequence FROM members ORDER BY user_id",
    "SELECT 'role', user_id, role FROM member_roles ORDER BY user_id, role",
    "SELECT 'status', user_id, status, users_sequence FROM member_status ORDER BY user_id",
    "SELECT 'remark', user_id, remark FROM remarks ORDER BY user_id",
];

pub(crate) enum Rows {
    File { data: PathBuf },
    Schema { url: String },
}

impl Rows {
    pub(crate) fn of(lyceum: &Lyceum) -> Self {
        match lyceum.database() {
            Database::Files => Self::File { data: lyceum.data() },
            Database::Server { url, .. } => Self::Schema { url: url.clone() },
        }
    }

    /// Every row as a text.
    pub(crate) async fn all(&self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        for text in ALL {
            all.extend(self.read(text).await?);
        }
        Ok(all)
    }

    pub(crate) async fn execute(&self, text: &str) -> Result<()> {
        match self {
            Self::File { .. } => {
                Ok(self.open()?.execute_batch(&format!("BEGIN IMMEDIATE; {text}; COMMIT"))?)
            }
            Self::Schema { .. } => Ok(self.connect().await?.batch_execute(text).await?),
        }
    }

    /// What a rebuild has beside the live tables.
    pub(crate) async fn leftovers(&self) -> Result<Vec<String>> {
        let Self::File { data } = self else {
            return self.read("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%rebuild%'").await;
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(data.join("sql"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            found.extend(name.contains("rebuild").then_some(name));
        }
        Ok(found)
    }

    async fn read(&self, text: &str) -> Result<Vec<String>> {
        if let Self::File { .. } = self {
            let connection = self.open()?;
            let mut statement = connection.prepare(text)?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            let mut read = Vec::new();
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
                let values = values.map(|value| value.map(as_text)).collect::<Result<Vec<_>, _>>()?;
                read.push(values.join("|"));
            }
            return Ok(read);
        }
        let messages = self.connect().await?.simple_query(text).await?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows
            .map(|row| {
                let values: Vec<_> = (0..row.len()).map(|at| row.get(at).unwrap_or("null")).collect();
                values.join("|")
            })
            .collect())
    }

    fn open(&self) -> Result<rusqlite::Connection> {
        let Self::File { data } = self else { anyhow::bail!("no file") };
        let connection = rusqlite::Connection::open(data.join("sql/roster.db"))?;
        connection.busy_timeout(Duration::from_secs(20))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<tokio_postgres::Client> {
        let Self::Schema { url } = self else { anyhow::bail!("no schema") };
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connect")?;
        tokio::spawn(connection);
        client.batch_execute("SET search_path = roster").await?;
        Ok(client)
    }
}

fn as_text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}
