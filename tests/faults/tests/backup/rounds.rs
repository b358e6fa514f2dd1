//! Under load: backup, restore, and both once more.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Client;
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::until;
use lyceum_end_to_end::tier::Tier;
use lyceum_faults::journal::{Journal, Record, read};
use lyceum_faults::load::{Load, People};
use lyceum_private_servers::{NatsServer, S3Server};
use serde_json::Value;

use crate::books::check;
use crate::files::Uploading;

/// How long so many registrations may take where much else is going on.
const LOADED: Duration = Duration::from_mins(4);
/// As base64url, like every deployment's own.
const SECRET: &str = "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ";

#[tokio::test(flavor = "multi_thread")]
async fn files_on_one_machine_are_restored_as_of_one_moment() -> Result<()> {
    let setup = || Setup::of(Backend::Sqlite);
    rounds("files on one machine", [setup()?, setup()?, setup()?]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_restored_as_of_one_moment() -> Result<()> {
    let s3 = S3Server::start()?;
    let nats = [NatsServer::start()?, NatsServer::start()?, NatsServer::start()?];
    let setup = |number: usize| {
        let bucket = format!("backup-{number}");
        s3.create_bucket(&bucket)?;
        let secret = S3Server::SECRET.replace('/', "%2F").replace('@', "%40").replace('+', "%2B");
        let blobs = format!("s3://{}:{secret}@{bucket}/lyceum?endpoint={}", S3Server::KEY, s3.url());
        anyhow::Ok(
            Setup::of(Backend::Postgres)?
                .with_variable("LYCEUM_EVENTS", &nats[number].url())
                .with_variable("LYCEUM_BLOBS", &blobs)
                .with_variable("LYCEUM_ROOT_SECRET", SECRET),
        )
    };
    rounds("PostgreSQL, NATS and S3", [setup(0)?, setup(1)?, setup(2)?]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_backup_of_a_busy_deployment_is_of_one_moment() -> Result<()> {
    let backups = match Tier::current() {
        Tier::Fast => 2,
        Tier::Full => 3,
        Tier::Soak => 50,
    };
    let folder = tempfile::tempdir()?;
    let mut lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let file = lyceum.data().join("..").join("journal");
    let (people, journal) = (Arc::new(People::new()), Arc::new(Journal::create(&file)?));
    let load = Load::start(&lyceum.client()?, &people, &journal);
    let mut taken = Vec::new();
    for number in 0..backups {
        registered(&file, acknowledged(&file)?.len() + 15).await?;
        let (before, into) = (acknowledged(&file)?, folder.path().join(number.to_string()));
        let (console, place) = (lyceum.console(), into.display().to_string());
        tokio::task::spawn_blocking(move || console.say(&["backup", &place])).await??;
        taken.push((before, into));
    }
    load.stop().await?;
    lyceum.terminate()?;
    let (all, post) = (read(&file)?, lyceum.post());
    let (mut left_out, mut doubled_mail) = (0, 0);
    for (before, into) in taken {
        let description: Value = serde_json::from_str(&std::fs::read_to_string(into.join("backup.json"))?)?;
        left_out += description["events"]["left_out"].as_u64().unwrap_or_default();
        let (restored, _) = Lyceum::start_restored(Setup::of(Backend::Sqlite)?, &into).await?;
        doubled_mail += check(&restored, &post, &people.prefix, &before, &all).await?.twice;
    }
    println!(
        "{backups} backups of a busy deployment with {} registrations: each restored without loss or doubles; {left_out} events \
         of later than the moment left out, {doubled_mail} mails sent again",
        all.len()
    );
    Ok(())
}

/// Three deployments, each but the first restored from a backup of the one before.
async fn rounds(what: &str, [first, second, third]: [Setup; 3]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let first = Lyceum::start(first).await?;
    let (second, taken) = round(what, first, second, &folder.path().join("first")).await?;
    let (third, again) =
        round(&format!("{what}, again"), second, third, &folder.path().join("second")).await?;
    // Nothing of the first round is lost in the second.
    let (found, _) = lyceum_faults::rest::kept(&third, &third.post(), &taken.prefix).await?;
    ensure!(found.len() == taken.restored, "{} of {} are left", found.len(), taken.restored);
    ensure!(again.restored > 0);
    third.client()?.newcomer("Late").await?;
    Ok(())
}

struct Taken {
    prefix: String,
    restored: usize,
}

/// Puts a deployment under load, takes a backup meanwhile, and restores that into another one.
async fn round(what: &str, mut lyceum: Lyceum, next: Setup, backup: &Path) -> Result<(Lyceum, Taken)> {
    let file = lyceum.data().join("..").join("journal");
    let (people, journal) = (Arc::new(People::new()), Arc::new(Journal::create(&file)?));
    let client = lyceum.client()?;
    let uploading = Uploading::start(&client).await?;
    let load = Load::start(&client, &people, &journal);
    registered(&file, 60).await?;
    until("some files are uploaded", LOADED, || async { Ok((uploading.so_far().len() >= 8).then_some(())) })
        .await?;

    let (before, files_before) = (acknowledged(&file)?, uploading.so_far());
    let console = lyceum.console();
    let into = backup.display().to_string();
    let said =
        tokio::task::spawn_blocking(move || console.say(&["backup", &into, "--single-host"])).await??;
    println!("{what}:\n{said}");
    registered(&file, acknowledged(&file)?.len() + 30).await?;
    load.stop().await?;
    let (uploader, files) = uploading.stop().await?;
    let all = read(&file)?;
    lyceum.terminate()?;

    let (restored, said) = Lyceum::start_restored(next, backup).await?;
    println!("{said}");
    let found = check(&restored, &lyceum.post(), &people.prefix, &before, &all).await?;
    let client = restored.client()?;
    let person = client.sign_in(&uploader).await?;
    let later_files = files.check(&files_before, &person).await?;
    goes_on(&client).await.context("the restored deployment goes on")?;
    println!(
        "{what}: {} acknowledged before the backup, {} restored of {} in all, 0 lost, 0 doubled; {} mails sent by both; \
         {} files before, {later_files} later ones of {}",
        before.len(),
        found.restored,
        all.len(),
        found.twice,
        files_before.len(),
        files.len() - files_before.len(),
    );
    println!("{what}: {} of those restored came after the backup had begun", found.later);
    Ok((restored, Taken { prefix: people.prefix.clone(), restored: found.restored }))
}

/// New people get everything.
async fn goes_on(client: &Client) -> Result<()> {
    let person = client.newcomer("Afterwards").await?;
    until("the newcomer has a profile and a message", LOADED, || async {
        let profile = person.get("/api/v1/users/me/profile").await?.status.as_u16() == 200;
        let inbox = person.get("/api/v1/notifications").await?.expect(200)?.json()?;
        Ok((profile && inbox["items"].as_array().is_some_and(|items| items.len() == 1)).then_some(()))
    })
    .await
}

fn acknowledged(file: &Path) -> Result<Vec<Record>> {
    Ok(read(file)?.into_iter().filter(|record| record.acknowledged.is_some()).collect())
}

async fn registered(file: &Path, count: usize) -> Result<()> {
    until("people register", LOADED, || async { Ok((acknowledged(file)?.len() >= count).then_some(())) })
        .await
}
