//! Private copies of every server that Lyceum can be linked to, for a person who wants to try it on them.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

use anyhow::Context;
use lyceum_private_servers::{MongodbServer, NatsServer, PostgresServer, RedisServer, S3Server, SmtpServer};

use crate::process::{show, step};

const BUCKET: &str = "lyceum";

/// The servers; they end, and what they hold goes, with this value.
pub(crate) struct Servers {
    postgres: PostgresServer,
    redis: RedisServer,
    nats: NatsServer,
    mongodb: MongodbServer,
    s3: S3Server,
    smtp: SmtpServer,
}

impl Servers {
    /// Quick ones, whose data need not survive a loss of power.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::with(PostgresServer::start().context("can't start PostgreSQL")?)
    }

    /// Such as sync what they acknowledge. Redis holds what may be lost.
    pub(crate) fn start_durable() -> anyhow::Result<Self> {
        Self::with(PostgresServer::start_with(&[]).context("can't start PostgreSQL")?)
    }

    fn with(postgres: PostgresServer) -> anyhow::Result<Self> {
        let s3 = S3Server::start().context("can't start an S3 server")?;
        s3.create_bucket(BUCKET)?;
        Ok(Self {
            postgres,
            redis: RedisServer::start().context("can't start Redis")?,
            nats: NatsServer::start().context("can't start NATS")?,
            mongodb: MongodbServer::start().context("can't start a MongoDB server")?,
            s3,
            smtp: SmtpServer::start().context("can't start a mail server")?,
        })
    }

    /// Where NATS is, as host:port.
    pub(crate) fn nats_address(&self) -> String {
        let url = self.nats.url();
        url.split_once("://").map_or(url.clone(), |(_, address)| address.trim_end_matches('/').to_owned())
    }

    /// The environment that links Lyceum to them, and to an empty database of this name.
    pub(crate) fn links(&self, database: &str) -> anyhow::Result<Vec<(&'static str, String)>> {
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

/// Runs `lyceum up` linked to private servers until it ends.
pub(crate) fn up(lyceum: &mut Command) -> anyhow::Result<ExitCode> {
    // Ctrl-C and SIGTERM are for Lyceum; the servers are stopped once it has finished.
    ctrlc::set_handler(|| {}).context("can't keep Ctrl-C for Lyceum")?;
    step("starting private servers; what is missing is installed, and what they hold goes when they end");
    let servers = Servers::start()?;
    for (name, value) in servers.links("lyceum")? {
        if name.starts_with("LYCEUM_") {
            println!("    {name}={value}");
        }
        lyceum.env(name, value);
    }
    lyceum.arg("--single-host");
    step(format_args!("{} (Ctrl-C stops it and the servers)", show(lyceum)));
    let status = lyceum.status().context("can't start Lyceum")?;
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
