//! Several hosts on the same servers: one is killed under load, and nobody loses anything.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Client, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Post, Setup, workspace};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_faults::journal::{Journal, read};
use lyceum_faults::load::{Load, People, repeat};
use lyceum_faults::rest::{Traces, kept};
use lyceum_faults::settling::settle;
use lyceum_private_servers::{HaproxyServer, NatsServer, RedisServer};

/// How long so many registrations may take where much else is going on.
const LOADED: Duration = Duration::from_mins(4);
/// Nobody who asks so long after a host was killed gets a wrong answer any more.
const ERROR_FREE: Duration = Duration::from_secs(1);
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

    fn post(&self) -> Post {
        Post::Folder(self.mail.path().to_owned())
    }

    fn setup(&self) -> Result<Setup> {
        Ok(Setup::of(Backend::Postgres)?
            .with_variable("LYCEUM_EVENTS", &self.nats.url())
            .with_variable("LYCEUM_KEYVALUE", &self.redis.url())
            .with_variable("LYCEUM_MAIL", &format!("file:{}", self.mail.path().display()))
            .with_variable("LYCEUM_ROOT_SECRET", SECRET))
    }
}

/// The load balancer as `deploy/haproxy.cfg` describes it, before these hosts.
fn balancer(hosts: &[&Lyceum]) -> Result<HaproxyServer> {
    let text = std::fs::read_to_string(workspace().join("deploy/haproxy.cfg"))?;
    HaproxyServer::before(&text, &hosts.iter().map(|host| host.addresses()).collect::<Vec<_>>())
}

/// Reads the same profile over and over. Says how often, and which answers were wrong, each with the time from `killed`
/// to when it was asked for.
async fn read_on(
    person: Person,
    killed: Arc<OnceLock<Instant>>,
    enough: Arc<AtomicBool>,
) -> (u64, Vec<String>) {
    let (mut good, mut wrong) = (0, Vec::new());
    while !enough.load(Ordering::Relaxed) {
        let since = killed.get().map(Instant::elapsed).unwrap_or_default();
        let answer = person.get("/api/v1/users/me").await;
        if answer.as_ref().is_ok_and(|answer| answer.status.as_u16() == 200) {
            good += 1;
            continue;
        }
        // A host that has too much to do says so itself; that is not for the host that is gone.
        if answer.as_ref().is_ok_and(|answer| answer.expect_problem(503).is_ok()) {
            continue;
        }
        let what = answer.map_or_else(|error| format!("{error:#}"), |answer| answer.to_string());
        if killed.get().is_none() || since > ERROR_FREE {
            wrong.push(format!("{since:?}: {what}"));
        } else {
            println!("{since:?} after the kill: {what}");
        }
    }
    (good, wrong)
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_haproxy_a_killed_host_is_hardly_noticed() -> Result<()> {
    let servers = Servers::start()?;
    let first = Lyceum::start(servers.setup()?).await?;
    let second = first.start_another().await?;
    let mut third = first.start_another().await?;
    let haproxy = balancer(&[&first, &second, &third])?;
    let client = Client::new(haproxy.url())?;
    until("all hosts are in the balance", PATIENCE, || async {
        Ok((client.get("/api/v1/health").await?.status.as_u16() == 200).then_some(()))
    })
    .await?;
    let person = client.newcomer("Reader").await?;
    let file = first.data().join("..").join("journal");
    let (people, journal) = (Arc::new(People::new()), Arc::new(Journal::create(&file)?));
    let (killed, enough) = (Arc::new(OnceLock::new()), Arc::new(AtomicBool::new(false)));
    let readers: Vec<_> = (0..8)
        .map(|_| tokio::spawn(read_on(person.clone(), Arc::clone(&killed), Arc::clone(&enough))))
        .collect();
    let load = Load::start(&client, &people, &journal);
    let registered =
        || async { anyhow::Ok(read(&file)?.iter().filter(|of| of.acknowledged.is_some()).count()) };
    until("people register", LOADED, || async { Ok((registered().await? >= 40).then_some(())) }).await?;
    let at = *killed.get_or_init(Instant::now);
    third.kill9()?;
    let before = registered().await?;
    until("people register on the other hosts", LOADED, || async {
        Ok((at.elapsed() > ERROR_FREE * 4 && registered().await? >= before + 40).then_some(()))
    })
    .await?;
    load.stop().await?;
    enough.store(true, Ordering::Relaxed);
    let mut reads = 0;
    for reader in readers {
        let (good, wrong) = reader.await?;
        ensure!(wrong.is_empty(), "{wrong:?}");
        reads += good;
    }
    let records = read(&file)?;
    let open = records.iter().filter(|record| record.acknowledged.is_none()).count();
    for record in records.iter().filter(|record| record.acknowledged.is_none()) {
        repeat(&client, &journal, &record.request).await?;
    }
    settle(&first, &servers.post(), &people.prefix, records.len()).await?;
    let (found, _) = kept(&first, &servers.post(), &people.prefix).await?;
    ensure!(found.values().all(|traces| *traces == Traces::ONE), "{found:?}");
    ensure!(found.len() == records.len(), "{} addresses, but {} were sent", found.len(), records.len());
    println!(
        "three hosts behind HAProxy, one killed: {reads} reads and {} registrations, {open} of them without an answer at \
         first, 0 lost, 0 doubled",
        records.len()
    );
    Ok(())
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
            let end = Instant::now() + LOADED;
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
    settle(&first, &servers.post(), &people.prefix, records.len()).await?;
    let (found, _) = kept(&first, &servers.post(), &people.prefix).await?;
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
