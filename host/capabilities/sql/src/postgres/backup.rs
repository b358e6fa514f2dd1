//! Copying a schema that is in use.
//!
//! A lock on the outbox holds everybody who commits events. Under it a transaction takes a snapshot, which `pg_dump`
//! shares afterwards.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use super::dump::Program;
use super::session::{Session, connector, error};
use crate::Error;
use crate::backup::Aggregate;

/// Aggregates asked for at once.
const SOME: usize = 10_000;

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
