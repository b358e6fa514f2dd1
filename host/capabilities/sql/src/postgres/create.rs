//! Making a service's database when it is missing.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connector::{Connector, drive};
use super::error::{Failure, describe};
use crate::Error;
use crate::name::quoted;

/// Databases that a server has from the start, of which a role may enter one at least.
const ENTRANCES: [&str; 2] = ["postgres", "template1"];
/// The server's version from which a database names who sorts its text.
const WITH_PROVIDER: i32 = 15_00_00;

/// Makes the connector's database with collation C and encoding UTF-8. One that another host makes at the
/// same time is as good.
pub(super) async fn create_database(connector: &Connector) -> Result<(), Error> {
    let name = connector.database().unwrap_or_default().to_owned();
    let mut refused = Error::Timeout;
    for entrance in ENTRANCES {
        match connector.beside(entrance).open().await {
            Ok((client, messages)) => {
                let driver = tokio::spawn(drive(messages));
                let made = create(&client, &name).await;
                driver.abort();
                return made;
            }
            Err(reason) => refused = Failure::from(reason).into_error(),
        }
    }
    Err(refused)
}

async fn create(client: &Client, name: &str) -> Result<(), Error> {
    let version = client.query_one("SELECT current_setting('server_version_num')::integer", &[]).await;
    let version: i32 =
        version.and_then(|row| row.try_get(0)).map_err(|error| Failure::from(error).into_error())?;
    let provider = if version >= WITH_PROVIDER { " LOCALE_PROVIDER libc" } else { "" };
    let command = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'{provider}",
        quoted(name)
    );
    // It is sorted out here which of the two came first: the server may notice late.
    let Err(error) = client.batch_execute(&command).await else {
        tracing::info!(database = name, "the database was made");
        return Ok(());
    };
    match error.code() {
        Some(&(SqlState::DUPLICATE_DATABASE | SqlState::UNIQUE_VIOLATION)) => Ok(()),
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Err(Error::Unavailable(format!(
            "the database {name:?} is missing, and this role may not make it: give the role CREATEDB, or let another \
             one run {command}"
        ))),
        _ => Err(Error::Unavailable(format!("the database {name:?} can't be made: {}", describe(&error)))),
    }
}
