//! The two kinds of SQL database that the platform runs on.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::Result;
use lyceum_private_servers::PostgresServer;
use uuid::Uuid;

/// What the services keep their rows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backend {
    /// A file for each service in the data folder.
    Sqlite,
    /// A schema for each service on a private PostgreSQL server.
    Postgres,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// An empty database of this kind.
    pub fn database(self) -> Result<Database> {
        match self {
            Self::Sqlite => Ok(Database::Files),
            Self::Postgres => {
                let server = shared_server()?;
                let url = server.create_database(&format!("lyceum_{}", Uuid::now_v7().simple()))?;
                Ok(Database::Server { server, url })
            }
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// The database of one deployment.
#[derive(Clone)]
pub enum Database {
    /// `sql/<service>.db` in the data folder.
    Files,
    /// A database on a server that lives as long as somebody uses it.
    Server {
        /// The server, which other deployments of this test process use too.
        server: Arc<PostgresServer>,
        /// Names the database.
        url: String,
    },
}

/// One server for the whole test process, stopped when the last deployment that uses it is gone.
fn shared_server() -> Result<Arc<PostgresServer>> {
    static SERVER: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
    let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Ok(server);
    }
    let server = Arc::new(PostgresServer::start()?);
    *shared = Arc::downgrade(&server);
    Ok(server)
}
