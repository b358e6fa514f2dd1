//! Connections for as long as a copy takes.

use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::address::{Address, Trust};
use super::connector::{Connector, Refused, drive};
use super::error::Failure;
use super::pool::settings;
use super::tls::Tls;
use crate::Error;

/// A connection that ends with the value, and its transaction with it.
pub(super) struct Session {
    pub(super) client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Session {
    pub(super) async fn open(connector: &Connector) -> Result<Self, Refused> {
        let (client, messages) = connector.open().await?;
        Ok(Self { client, driver: tokio::spawn(drive(messages)) })
    }

    /// A session that may wait for as long as a copy takes.
    pub(super) async fn patient(connector: &Connector) -> Result<Self, Error> {
        let session = Self::open(connector).await.map_err(unavailable)?;
        session.run("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0").await?;
        Ok(session)
    }

    pub(super) async fn run(&self, commands: &str) -> Result<(), Error> {
        self.client.batch_execute(commands).await.map_err(error)
    }

    pub(super) async fn version(&self) -> Result<i32, Error> {
        let asked = "SELECT current_setting('server_version_num')::integer";
        self.client.query_one(asked, &[]).await.and_then(|row| row.try_get(0)).map_err(error)
    }

    pub(super) async fn has_schema(&self, service: &str) -> Result<bool, Error> {
        let asked = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";
        self.client.query_one(asked, &[&service]).await.and_then(|row| row.try_get(0)).map_err(error)
    }
}

pub(super) fn connector(url: &str, service: &str) -> Result<(Connector, Trust), Error> {
    let address = Address::parse(url, service, &settings(service)?)?;
    let trust = address.trust.clone();
    let tls = Tls::new(&trust)?;
    Ok((Connector::new(address, tls), trust))
}

pub(super) fn unavailable(refused: Refused) -> Error {
    Failure::from(refused).into_error()
}

pub(super) fn error(error: tokio_postgres::Error) -> Error {
    Failure::from(error).into_error()
}
