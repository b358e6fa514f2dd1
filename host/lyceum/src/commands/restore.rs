//! `lyceum restore`: puts a backup where nothing is yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use lyceum_blobs::Store;
use lyceum_console::show;
use lyceum_documents::MongodbDocuments;
use lyceum_events::backup::LogTarget;
use lyceum_manifest::{EventsLink, Links};
use lyceum_sql::backup::Target;

use crate::application::containers;
use crate::backup::description::{Description, Kind};
use crate::backup::folder::Folder;
use crate::backup::{blobs, databases, documents, log, unfinished};
use crate::settings::{Settings, Where};
use crate::{addresses, secret};

/// Which backup, and where to.
///
/// The environment says where everything is put, as it does for `lyceum up`; nothing may be there yet, and no host may run.
/// Databases and documents go into the kind of store that they came from, the event log of a file into a file or to NATS
/// and that of NATS to NATS, files anywhere.
///
/// PostgreSQL is filled by `pg_restore`, found on the path or named by LYCEUM_PG_RESTORE.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// The folder that `lyceum backup` made
    folder: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// Restores everything.
pub(crate) fn run(options: &Options) -> Result<()> {
    super::block_on(async {
        let began = Instant::now();
        let data = &options.place.data;
        unfinished::refuse(data)?;
        let (folder, description) = Folder::open(&options.folder)?;
        let settings = options.place.settings()?;
        let application = &settings.manifest.name;
        ensure!(
            description.application == *application,
            "the backup is of {}, but the manifest of {application}",
            description.application
        );
        // Everything that could be wrong is found before anything is begun.
        folder.verify()?;
        blobs::verify(&folder).await?;
        show(format!("the backup is as it was written, as of {}", description.moment))?;
        std::fs::create_dir_all(data).with_context(|| format!("make the folder {}", data.display()))?;
        let targets = Targets::open(&settings, &description, data).await?;
        targets.refuse_occupied(&description, data).await?;

        unfinished::note(data, &format!("{} as of {}.", options.folder.display(), description.moment))?;
        targets.fill(&description, &folder, data).await.with_context(|| {
            format!(
                "the restore has stopped halfway: what was named before this is restored, the rest is not. Empty the stores \
                 again, remove {}, and begin again",
                unfinished::file(data).display()
            )
        })?;
        unfinished::forget(data)?;
        show(format!("Restored in {:.1} s. `lyceum up` starts it.", began.elapsed().as_secs_f64()))?;
        if !description.root_secret {
            show("The root secret is not in the backup: set LYCEUM_ROOT_SECRET to the one of that time.")?;
        }
        Ok(())
    })
}

/// Where everything is put.
struct Targets {
    databases: Vec<(String, Target, String)>,
    documents: Vec<(String, Arc<MongodbDocuments>, String)>,
    blobs: Store,
    log: LogTarget,
}

impl Targets {
    async fn open(settings: &Settings, description: &Description, data: &Path) -> Result<Self> {
        let links = &settings.links;
        if let Some(file) = addresses::announced(data) {
            bail!("a host uses the data folder: stop it, or remove {} if it was killed", file.display());
        }
        let mut all = Vec::new();
        for (service, copy) in &description.sql {
            let target = databases::target(service, copy, links).await?;
            all.push((format!("{service}: database"), target, copy.file.clone()));
        }
        let mut documents = Vec::new();
        for (service, copy) in &description.documents {
            if copy.store == Kind::Mongodb {
                let target = documents::target(service, links).await?;
                documents.push((service.clone(), target, copy.file.clone()));
                continue;
            }
            let target = Target::sqlite(databases::documents_file(service, links)?);
            all.push((format!("{service}: documents"), target, copy.file.clone()));
        }
        let log = log_target(links, &settings.manifest.name).await?;
        ensure!(
            log.has_partitions() || description.events.store != Kind::Jetstream,
            "the event log comes from NATS, and can't be put into a file"
        );
        let blobs = containers::open(&links.blobs).await?;
        blobs.ping().await.context("the blob store")?;
        Ok(Self { databases: all, documents, blobs, log })
    }

    /// Refuses stores in which something is, all at once.
    async fn refuse_occupied(&self, description: &Description, data: &Path) -> Result<()> {
        let mut occupied = Vec::new();
        for (what, target, _) in &self.databases {
            occupied.extend(target.occupied().await.with_context(|| format!("look at the {what}"))?);
        }
        for (service, target, _) in &self.documents {
            let asked = target.occupied().await;
            occupied.extend(asked.with_context(|| format!("look at the documents of {service}"))?);
        }
        occupied.extend(self.log.occupied().await.context("look at the event log")?);
        if !self.blobs.is_empty().await.context("look at the blob store")? {
            occupied.push("objects in the blob store".to_owned());
        }
        let secret = data.join(secret::NAME);
        if description.root_secret && !secret::is_given() && secret.exists() {
            occupied.push(format!("the file {}", secret.display()));
        }
        if !occupied.is_empty() {
            bail!("a backup is put only where nothing is yet, but there is: {}", occupied.join(", "));
        }
        Ok(())
    }

    async fn fill(self, description: &Description, folder: &Folder, data: &Path) -> Result<()> {
        if description.root_secret && !secret::is_given() {
            secret::copy(&folder.path(""), &data.join(secret::NAME))?;
        }
        // What expires does so later by as much.
        let passed = jiff::Timestamp::now().as_microsecond().saturating_sub(description.taken()?).max(0);
        for (what, target, file) in &self.databases {
            target.restore(&folder.path(file), passed).await.with_context(|| what.clone())?;
            show(what)?;
        }
        for (service, target, file) in &self.documents {
            let restored = target.restore(&folder.path(file), passed).await;
            let count = restored.with_context(|| format!("{service}: documents"))?;
            show(format!("{service}: {count} documents"))?;
        }
        blobs::restore(folder, &self.blobs).await.context("files")?;
        show(format!("files: {} objects", description.blobs.objects))?;
        // Last, since it holds off hosts that would deliver.
        log::restore(self.log, &description.events, folder).await.context("events")?;
        show(format!(
            "events: {}, {} dead letters",
            description.events.count, description.events.dead_letters
        ))?;
        Ok(())
    }
}

async fn log_target(links: &Links, application: &str) -> Result<LogTarget> {
    match &links.events {
        EventsLink::Embedded { file, .. } => {
            LogTarget::file(file).with_context(|| format!("open the event log {}", file.display()))
        }
        EventsLink::JetStream(server) => {
            let target = LogTarget::jetstream(server.reveal(), application).await;
            target.with_context(|| format!("open the event log on {server}"))
        }
        _ => bail!("this host has no such event bus"),
    }
}
