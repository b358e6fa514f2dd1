//! What reading costs: the processor's time of this process and of a PostgreSQL server, and the bytes of tables.
//!
//! Where others use the machine, too, the time on the clock says how long a read waited for a processor; this doesn't.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context as _;

use crate::store::connect;

/// Whose time counts.
#[derive(Clone, Debug)]
pub struct Processes(Vec<PathBuf>);

impl Processes {
    /// This one, in which SQLite runs.
    pub fn own() -> Self {
        Self(vec!["/proc/self/task".into()])
    }

    /// This one and those that the PostgreSQL server has now.
    pub async fn with_postgres(url: &str) -> anyhow::Result<Self> {
        let (client, _connection) = connect(url).await?;
        let folder: String = client.query_one("SHOW data_directory", &[]).await?.get(0);
        let first = fs::read_to_string(format!("{folder}/postmaster.pid"))?;
        let server = first.lines().next().context("the server's file is empty")?.trim().to_owned();
        let mut processes = Self::own();
        for entry in fs::read_dir("/proc")?.flatten() {
            // A process may have ended meanwhile.
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            if status.lines().any(|line| line.strip_prefix("PPid:").map(str::trim) == Some(server.as_str())) {
                processes.0.push(entry.path().join("task"));
            }
        }
        Ok(processes)
    }

    /// What they have used of processors so far.
    pub fn used(&self) -> Duration {
        let tasks = self.0.iter().filter_map(|tasks| fs::read_dir(tasks).ok()).flatten().flatten();
        let nanoseconds = tasks.filter_map(|task| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }
}

/// A table with its indexes, and its bytes.
pub type Size = (&'static str, u64);

const TABLES: [&str; 2] = ["books", "book_words"];

/// What the tables take in an SQLite file.
pub fn sqlite(path: &std::path::Path) -> anyhow::Result<Vec<Size>> {
    let connection = rusqlite::Connection::open(path)?;
    let text = "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN \
                (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)";
    let mut sizes = Vec::new();
    for table in TABLES {
        let size: i64 = connection.query_row(text, [table], |row| row.get(0))?;
        sizes.push((table, u64::try_from(size)?));
    }
    Ok(sizes)
}

/// What the tables take in the schema on a PostgreSQL server.
pub async fn postgres(url: &str) -> anyhow::Result<Vec<Size>> {
    let (client, _connection) = connect(url).await?;
    let mut sizes = Vec::new();
    for table in TABLES {
        let text = "SELECT pg_total_relation_size($1::text::regclass)";
        let size: i64 = client.query_one(text, &[&format!("books.{table}")]).await?.get(0);
        sizes.push((table, u64::try_from(size)?));
    }
    Ok(sizes)
}
