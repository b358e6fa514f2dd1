//! One server of every kind, for who wants all of Lyceum on real servers.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::{MongodbServer, NatsServer, PostgresServer, RedisServer, S3Server, SmtpServer};

const BUCKET: &str = "lyceum";

/// The servers; they end, and what they hold goes, with this value.
#[derive(Debug)]
pub struct Servers {
    /// Rows.
    pub postgres: PostgresServer,
    /// Buckets of values.
    pub redis: RedisServer,
    /// Events.
    pub nats: NatsServer,
    /// Documents.
    pub mongodb: MongodbServer,
    /// Blobs.
    pub s3: S3Server,
    /// Mail, shared with whoever reads it.
    pub smtp: Arc<SmtpServer>,
}

impl Servers {
    /// Quick ones, whose data need not survive a loss of power.
    ///
    /// # Errors
    /// If a server can't be installed or started.
    pub fn start() -> Result<Self> {
        Self::with(PostgresServer::start().context("can't start PostgreSQL")?, NatsServer::start()?)
    }

    /// Such as sync what they acknowledge. Redis holds what may be lost.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_durable() -> Result<Self> {
        let postgres = PostgresServer::start_with(&[]).context("can't start PostgreSQL")?;
        Self::with(postgres, NatsServer::start()?)
    }

    /// The others beside these two.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn with(postgres: PostgresServer, nats: NatsServer) -> Result<Self> {
        let s3 = S3Server::start().context("can't start an S3 server")?;
        s3.create_bucket(BUCKET)?;
        Ok(Self {
            postgres,
            redis: RedisServer::start().context("can't start Redis")?,
            nats,
            mongodb: MongodbServer::start().context("can't start a MongoDB server")?,
            s3,
            smtp: Arc::new(SmtpServer::start().context("can't start a mail server")?),
        })
    }

    /// The environment that links Lyceum to them, and to an empty database of this name.
    ///
    /// # Errors
    /// If the database can't be made.
    pub fn links(&self, database: &str) -> Result<Vec<(&'static str, String)>> {
        let mongodb = self.mongodb.url();
        let mongodb = mongodb.trim_end_matches('/');
        Ok(vec![
            ("LYCEUM_SQL", self.postgres.create_database(database)?),
            ("LYCEUM_KEYVALUE", self.redis.url()),
            ("LYCEUM_EVENTS", self.nats.url()),
            ("LYCEUM_DOCUMENTS", format!("{mongodb}/lyceum_{{service}}")),
            ("LYCEUM_BLOBS", format!("s3://{BUCKET}/files?endpoint={}", self.s3.url())),
            ("LYCEUM_MAIL", self.smtp.url()),
            ("LYCEUM_MAIL_FROM", "Lyceum <noreply@lyceum.invalid>".to_owned()),
            ("AWS_ACCESS_KEY_ID", S3Server::KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", S3Server::SECRET.to_owned()),
        ])
    }
}
