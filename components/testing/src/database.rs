//! A service's own database, and a second look into it from outside.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use lyceum_kit::service::Service;
use lyceum_private_servers::PostgresServer;
use lyceum_sql::{Backend, Migration, Options};
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::{Client, NoTls};

use crate::runtime::{inside, wait};

const KEYS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM lyceum_once";
const OUTBOX: &str = "SELECT body FROM lyceum_outbox ORDER BY position";

/// Where the database is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    File(PathBuf),
    Server { url: String, schema: String },
}

pub(crate) struct Database {
    pub(crate) place: Place,
    pub(crate) backend: Arc<dyn Backend>,
}

/// One server for all tests of the program.
fn server() -> &'static PostgresServer {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    SERVER.get_or_init(|| PostgresServer::start().expect("can't start PostgreSQL"))
}

impl Database {
    pub(crate) fn in_file(path: PathBuf, service: &Service, options: Options) -> Self {
        Self::open(path.to_str().expect("a path in UTF-8"), service, options, Place::File(path.clone()))
    }

    pub(crate) fn on_server(service: &Service, options: Options) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = server().create_database(&name).expect("can't make a database");
        let schema = service.name().to_owned();
        Self::open(&url, service, options, Place::Server { url: url.clone(), schema })
    }

    fn open(url: &str, service: &Service, options: Options, place: Place) -> Self {
        let backend =
            inside(|| lyceum_sql::open(url, service.name(), options)).expect("can't open the database");
        let migrations: Vec<_> = service
            .migrations()
            .iter()
            .map(|migration| Migration { id: migration.id.to_owned(), sql: migration.sql.to_owned() })
            .collect();
        wait(backend.migrate(&migrations)).unwrap_or_else(|error| panic!("can't migrate: {error}"));
        Self { place, backend }
    }
}

impl Place {
    /// The CloudEvents that wait for a relay, oldest first: there is none, so these are all.
    pub(crate) fn outbox(&self) -> Vec<String> {
        match self {
            Self::File(path) => {
                let connection = look_into(path);
                let mut statement = connection.prepare(OUTBOX).expect("an outbox");
                let bodies = statement.query_map([], |row| row.get::<_, String>(0)).expect("an outbox");
                bodies.collect::<Result<Vec<_>, _>>().expect("an outbox")
            }
            Self::Server { url, schema } => wait(async {
                let client = connect(url, schema).await;
                let rows = client.query(OUTBOX, &[]).await.expect("an outbox");
                rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
            }),
        }
    }

    /// What is remembered under `once` keys.
    pub(crate) fn remembered_keys(&self) -> usize {
        let count: i64 = match self {
            Self::File(path) => {
                look_into(path).query_row(KEYS, [], |row| row.get(0)).expect("a count of keys")
            }
            Self::Server { url, schema } => wait(async {
                let client = connect(url, schema).await;
                client.query_one(KEYS, &[]).await.expect("a count of keys").get(0)
            }),
        };
        usize::try_from(count).unwrap_or_default()
    }
}

/// A second connection to a file, for reading.
pub(crate) fn look_into(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("the test's database")
}

/// A second connection to a server, in the service's schema.
pub(crate) async fn connect(url: &str, schema: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the test's server");
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path = \"{schema}\"")).await.expect("the service's schema");
    client
}
