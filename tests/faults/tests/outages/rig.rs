//! The platform on real servers, each behind a way that can be made slow.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use lyceum_end_to_end::harness::{Backend, Database, Lyceum, Manifest, Post, Setup};
use lyceum_private_servers::{
    MongodbServer, NatsServer, PostgresServer, Proxy, RedisServer, S3Server, Server, SmtpServer,
};

use crate::work::Kind;

/// A server, the way to it, and what of the platform needs it.
pub(crate) struct Place<'a> {
    pub(crate) name: &'static str,
    pub(crate) server: &'a dyn Server,
    pub(crate) way: &'a Proxy,
    pub(crate) needed_by: &'static [Kind],
}

/// The deployment and its servers. The deployment stops first.
pub(crate) struct Rig {
    pub(crate) lyceum: Lyceum,
    pub(crate) post: Post,
    postgres: (Arc<PostgresServer>, Proxy),
    redis: (RedisServer, Proxy),
    nats: (NatsServer, Proxy),
    mongodb: (MongodbServer, Proxy),
    s3: (S3Server, Proxy),
    smtp: (Arc<SmtpServer>, Proxy),
}

fn behind<S: Server>(server: S) -> Result<(S, Proxy)> {
    let way = Proxy::before(server.port())?;
    Ok((server, way))
}

impl Rig {
    pub(crate) async fn start() -> Result<Self> {
        let s3 = behind(S3Server::start()?)?;
        s3.0.create_bucket("lyceum")?;
        let database = Backend::Postgres.database()?;
        let Database::Server { server, url } = &database else { bail!("PostgreSQL is a server") };
        let (_, name) = url.rsplit_once('/').context("a database has a name")?;
        let (postgres, redis) = (behind(Arc::clone(server))?, behind(RedisServer::start()?)?);
        let (nats, mongodb) = (behind(NatsServer::start()?)?, behind(MongodbServer::start()?)?);
        let smtp = behind(Arc::new(SmtpServer::start()?))?;
        let here = |scheme: &str, way: &Proxy| format!("{scheme}://127.0.0.1:{}", way.port());
        let setup = Setup::of(Backend::Postgres)?
            .with_manifest(Manifest::of_repository()?.with_notebook()?)
            .with_variable(
                "LYCEUM_SQL",
                &format!("postgres://postgres@127.0.0.1:{}/{name}", postgres.1.port()),
            )
            .with_variable("LYCEUM_KEYVALUE", &here("redis", &redis.1))
            .with_variable("LYCEUM_EVENTS", &here("nats", &nats.1))
            .with_variable("LYCEUM_DOCUMENTS", &format!("{}/lyceum_{{service}}", here("mongodb", &mongodb.1)))
            .with_variable("LYCEUM_BLOBS", &format!("s3://lyceum/files?endpoint={}", here("http", &s3.1)))
            .with_variable("AWS_ACCESS_KEY_ID", S3Server::KEY)
            .with_variable("AWS_SECRET_ACCESS_KEY", S3Server::SECRET)
            .with_variable("LYCEUM_MAIL", &here("smtp", &smtp.1))
            .with_variable("LYCEUM_MAIL_FROM", "Lyceum <noreply@lyceum.invalid>");
        let lyceum = Lyceum::start_on(setup, database).await?;
        let post = Post::Server(Arc::clone(&smtp.0));
        Ok(Self { lyceum, post, postgres, redis, nats, mongodb, s3, smtp })
    }

    /// All servers.
    pub(crate) fn places(&self) -> Vec<Place<'_>> {
        use Kind::{Note, Reading, Registration, Upload};
        vec![
            place("PostgreSQL", &self.postgres, &[Registration, Upload, Reading]),
            place("Redis", &self.redis, &[Note, Upload, Reading]),
            place("NATS", &self.nats, &[]),
            place("MongoDB", &self.mongodb, &[Note]),
            place("S3", &self.s3, &[Upload]),
            place("SMTP", &self.smtp, &[]),
        ]
    }
}

fn place<'a, S: Server>(
    name: &'static str,
    (server, way): &'a (S, Proxy),
    needed_by: &'static [Kind],
) -> Place<'a> {
    Place { name, server, way, needed_by }
}
