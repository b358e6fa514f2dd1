//! Copying a schema that is in use.
//!
//! A lock on the outbox holds everybody who commits events. Under it a transaction takes a snapshot, which `pg_dump`
//! shares afterwards.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::address::{Address, Trust};
use super::connector::{Connector, Refused, drive};
use super::create::create_database;
use super::dump::Program;
use super::error::Failure;
use super::pool::settings;
use crate::backup::Aggregate;
use crate::{Error, Options};

/// Aggregates asked for at once.
const SOME: usize = 10_000;

/// A connection that ends with the value, and its transaction with it.
struct Session {
    client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Session {
    async fn open(connector: &Connector) -> Result<Self, Refused> {
        let (client, messages) = connector.open().await?;
        Ok(Self { client, driver: tokio::spawn(drive(messages)) })
    }

    /// A session that may wait for as long as a copy takes.
    async fn patient(connector: &Connector) -> Result<Self, Error> {
        let session = Self::open(connector).await.map_err(unavailable)?;
        session.run("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0").await?;
        Ok(session)
    }

    async fn run(&self, commands: &str) -> Result<(), Error> {
        self.client.batch_execute(commands).await.map_err(error)
    }

    async fn version(&self) -> Result<i32, Error> {
        let asked = "SELECT current_setting('server_version_num')::integer";
        self.client.query_one(asked, &[]).await.and_then(|row| row.try_get(0)).map_err(error)
    }
}

pub(crate) struct PostgresSource {
    service: String,
    program: Program,
    holder: Session,
    reader: Session,
    snapshot: Option<String>,
}

impl PostgresSource {
    pub(crate) async fn open(url: &str, service: &str) -> Result<Self, Error> {
        let (connector, trust) = connector(url, service)?;
        let holder = Session::patient(&connector).await?;
        let reader = Session::patient(&connector).await?;
        if !holder.has_schema(service).await? {
            return Err(Error::Unavailable(format!("the server has no schema {service}")));
        }
        let host =
            connector.host().ok_or_else(|| Error::Invalid("the database's URL needs a host".into()))?;
        let program = Program::dump(holder.version().await?, host, &trust)?;
        Ok(Self { service: service.to_owned(), program, holder, reader, snapshot: None })
    }

    pub(crate) async fn hold(&mut self, patience: Duration) -> Result<(), Error> {
        // Who waits for a lock holds up those behind it.
        let milliseconds = patience.as_millis().max(1);
        let lock =
            format!("BEGIN; SET LOCAL lock_timeout = {milliseconds}; LOCK TABLE lyceum_outbox IN SHARE MODE");
        let held = self.holder.client.batch_execute(&lock).await;
        let Err(refused) = held else { return Ok(()) };
        self.holder.run("ROLLBACK").await?;
        let late = refused.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
        Err(if late { Error::Conflict } else { error(refused) })
    }

    pub(crate) async fn take(&mut self) -> Result<(), Error> {
        // In one go, since everybody waits.
        let take = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot()";
        let taken = self.reader.client.simple_query(take).await.map_err(error)?;
        self.snapshot = taken.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(())
    }

    pub(crate) async fn let_go(&mut self) -> Result<(), Error> {
        // Outside of a transaction this is a warning.
        self.holder.run("ROLLBACK").await
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), Error> {
        let Some(snapshot) = &self.snapshot else {
            return Err(Error::Unavailable(format!("the state of {} was not taken", self.service)));
        };
        let mut target = OsString::from("--file=");
        target.push(file);
        self.program.run(&[
            "--no-password".into(),
            "--format=custom".into(),
            "--no-owner".into(),
            "--no-privileges".into(),
            // In quotes it is a name instead of a pattern.
            format!("--schema=\"{}\"", self.service).into(),
            format!("--snapshot={snapshot}").into(),
            target,
        ])
    }

    pub(crate) async fn last_events(
        &self,
        aggregates: &[Aggregate],
    ) -> Result<HashMap<Aggregate, u64>, Error> {
        let read = "SELECT aggregate_type, aggregate_id, last FROM lyceum_sequence
             JOIN unnest($1::text[], $2::text[]) AS wanted (type, id) ON aggregate_type = type AND aggregate_id = id";
        let mut found = HashMap::new();
        for some in aggregates.chunks(SOME) {
            let (types, ids): (Vec<&str>, Vec<&str>) =
                some.iter().map(|(kind, id)| (kind.as_str(), id.as_str())).unzip();
            for row in self.reader.client.query(read, &[&types, &ids]).await.map_err(error)? {
                let last: i64 = row.try_get(2).map_err(error)?;
                let aggregate = (row.try_get(0).map_err(error)?, row.try_get(1).map_err(error)?);
                found.insert(aggregate, u64::try_from(last).unwrap_or_default());
            }
        }
        Ok(found)
    }

    pub(crate) async fn waiting(&self) -> Result<HashSet<String>, Error> {
        let rows = self.reader.client.query("SELECT id FROM lyceum_outbox", &[]).await.map_err(error)?;
        rows.iter().map(|row| row.try_get(0).map_err(error)).collect()
    }
}

impl Session {
    async fn has_schema(&self, service: &str) -> Result<bool, Error> {
        let asked = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";
        self.client.query_one(asked, &[&service]).await.and_then(|row| row.try_get(0)).map_err(error)
    }
}

pub(crate) struct PostgresTarget {
    service: String,
    program: Program,
    session: Session,
}

impl PostgresTarget {
    pub(crate) async fn open(url: &str, service: &str, options: &Options) -> Result<Self, Error> {
        let (connector, trust) = connector(url, service)?;
        let opened = match Session::open(&connector).await {
            Err(refused) if refused.is_missing && options.create_database => {
                create_database(&connector).await?;
                Session::open(&connector).await
            }
            opened => opened,
        };
        let session = opened.map_err(unavailable)?;
        session.run("SET statement_timeout = 0").await?;
        let host =
            connector.host().ok_or_else(|| Error::Invalid("the database's URL needs a host".into()))?;
        let program = Program::restore(session.version().await?, host, &trust)?;
        Ok(Self { service: service.to_owned(), program, session })
    }

    pub(crate) async fn occupied(&self) -> Result<Option<String>, Error> {
        let asked = "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = $1)";
        let asked = self.session.client.query_one(asked, &[&self.service]).await;
        let occupied: bool = asked.and_then(|row| row.try_get(0)).map_err(error)?;
        Ok(occupied.then(|| format!("the schema {:?}", self.service)))
    }

    pub(crate) async fn restore(&self, copy: &Path, passed: i64) -> Result<(), Error> {
        // The name was checked to need no more quoting.
        self.session.run(&format!("CREATE SCHEMA IF NOT EXISTS \"{}\"", self.service)).await?;
        self.program.run(&[
            "--no-password".into(),
            // Without a database it would only print what it would do.
            "--dbname=".into(),
            "--no-owner".into(),
            "--no-privileges".into(),
            "--exit-on-error".into(),
            "--single-transaction".into(),
            // What is in the schema, but not the schema itself, which a role may not be allowed to make.
            format!("--schema={}", self.service).into(),
            copy.into(),
        ])?;
        let later = "UPDATE lyceum_once SET expires = expires + $1 WHERE expires IS NOT NULL";
        self.session.client.execute(later, &[&passed]).await.map(|_| ()).map_err(error)
    }
}

fn connector(url: &str, service: &str) -> Result<(Connector, Trust), Error> {
    let address = Address::parse(url, service, &settings(service)?)?;
    let trust = address.trust.clone();
    Ok((Connector::new(address)?, trust))
}

fn unavailable(refused: Refused) -> Error {
    Failure::from(refused).into_error()
}

fn error(error: tokio_postgres::Error) -> Error {
    Failure::from(error).into_error()
}
