//! Several hosts on the same servers: one is killed under load, and nobody loses anything.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_faults::journal::{Journal, read};
use lyceum_faults::load::{Load, People, repeat};
use lyceum_faults::rest::{Traces, kept};
use lyceum_faults::settling::settle;
use lyceum_private_servers::{NatsServer, RedisServer};

/// As base64url, like every deployment's own.
const SECRET: &str = "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ";

/// The servers that hosts share, beside the database.
struct Servers {
    nats: NatsServer,
    redis: RedisServer,
    mail: tempfile::TempDir,
}

impl Servers {
    fn start() -> Result<Self> {
        Ok(Self { nats: NatsServer::start()?, redis: RedisServer::start()?, mail: tempfile::tempdir()? })
    }

    fn setup(&self) -> Result<Setup> {
        Ok(Setup::of(Backend::Postgres)?
            .with_variable("LYCEUM_EVENTS", &self.nats.url())
            .with_variable("LYCEUM_KEYVALUE", &self.redis.url())
            .with_variable("LYCEUM_MAIL", &format!("file:{}", self.mail.path().display()))
            .with_variable("LYCEUM_ROOT_SECRET", SECRET))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_killed_under_load_loses_and_doubles_nothing() -> Result<()> {
    let servers = Servers::start()?;
    let first = Lyceum::start(servers.setup()?).await?;
    let mut second = first.start_another().await?;
    let file = first.data().join("..").join("journal");
    let (people, journal) = (Arc::new(People::new()), Arc::new(Journal::create(&file)?));

    // A token of one host is good on the other.
    let admin = first.client()?.sign_in(&first.admin()).await?;
    let elsewhere = second.client()?;
    let request =
        elsewhere.request(reqwest::Method::GET, "/api/v1/auth/me").bearer_auth(&admin.tokens.access);
    lyceum_end_to_end::client::Answer::to(request).await?.expect(200)?;

    let stays = Load::start(&first.client()?, &people, &journal);
    let dies = Load::start(&second.client()?, &people, &journal);
    let acknowledged = |at_least: usize| {
        let file = file.clone();
        async move {
            let end = Instant::now() + Duration::from_mins(1);
            while read(&file)?.iter().filter(|record| record.acknowledged.is_some()).count() < at_least {
                ensure!(Instant::now() < end, "too few registrations");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            anyhow::Ok(())
        }
    };
    acknowledged(60).await?;
    second.kill9()?;
    dies.stop().await?;
    let so_far = read(&file)?.iter().filter(|record| record.acknowledged.is_some()).count();
    acknowledged(so_far + 40).await?;
    stays.stop().await?;

    // Whoever got no answer from the dead host repeats the request on the other.
    let client = first.client()?;
    let open: Vec<_> = read(&file)?.into_iter().filter(|record| record.acknowledged.is_none()).collect();
    for record in &open {
        repeat(&client, &journal, &record.request).await?;
    }
    let records = read(&file)?;
    settle(&first, servers.mail.path(), &people, records.len()).await?;
    let (found, _) = kept(&first, servers.mail.path(), &people.prefix).await?;
    for record in &records {
        let traces = found.get(&record.request.email).cloned().unwrap_or_default();
        ensure!(traces == Traces::ONE, "{} left {traces:?}\n{}", record.request.email, first.log().tail());
    }
    ensure!(found.len() == records.len(), "{} addresses, but {} were sent", found.len(), records.len());
    let log = first.log();
    println!(
        "two hosts, one killed: {} acknowledged, {} of them repeated on the other host, {} events delivered again \
         without a second effect, 0 lost, 0 doubled",
        records.len(),
        open.len(),
        log.count("a redelivered event had no second effect")?
    );
    second.restart(&[]).await.context("the killed host comes back")?;
    second.client()?.get("/api/v1/health").await?.expect(200)?;
    Ok(())
}
