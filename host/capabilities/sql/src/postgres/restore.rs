//! Putting a copy in its place.

use std::path::Path;

use super::create::create_database;
use super::dump::Program;
use super::session::{Session, connector, error, unavailable};
use crate::{Error, Options};

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
