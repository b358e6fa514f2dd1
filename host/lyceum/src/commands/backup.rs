//! `lyceum backup`: a copy of everything that services keep, as of one moment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use bytesize::ByteSize;
use clap::Args;
use lyceum_console::show;
use lyceum_manifest::{BlobsLink, EventsLink};

use crate::application::containers;
use crate::backup::databases::{self, Database};
use crate::backup::description::{Blobs, Description, FORMAT, Kind};
use crate::backup::folder::Folder;
use crate::backup::{blobs, documents, log, moment, unfinished};
use crate::event_log::Log;
use crate::secret;
use crate::settings::Where;

/// What to copy, and where to.
///
/// Hosts go on serving: who commits waits for some milliseconds. Copied are the services' databases and documents, the
/// event log with every consumer's progress and the dead letters, the contents of files, and the root secret if it is in
/// the data folder. Not copied are key-values and mail. The folder holds everything that Lyceum knows: keep it as safe as the
/// databases themselves.
///
/// PostgreSQL is copied by `pg_dump`, found on the path or named by LYCEUM_PG_DUMP.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// A folder that is new or empty
    folder: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// Copies everything.
pub(crate) fn run(options: &Options) -> Result<()> {
    super::block_on(async {
        let began = Instant::now();
        unfinished::refuse(&options.place.data)?;
        let description = copy(options).await?;
        let bytes: u64 = description.files.values().map(|sum| sum.bytes).sum();
        show(format!(
            "The backup is whole: {} as of {}, {} in {:.1} s.",
            description.application,
            description.moment,
            ByteSize(bytes + description.blobs.bytes),
            began.elapsed().as_secs_f64()
        ))?;
        if !description.root_secret {
            show("LYCEUM_ROOT_SECRET is not in it: keep it elsewhere.")?;
        }
        Ok(())
    })
}

async fn copy(options: &Options) -> Result<Description> {
    let Where { manifest, data, .. } = &options.place;
    let settings = options.place.settings()?;
    let links = &settings.links;
    // Everything that could be wrong is found before anything is begun.
    let mut databases = databases::sources(links).await?;
    let documents = documents::sources(links).await?;
    let event_log = Log::open(&links.events, manifest, data).await?;
    let store = containers::open(&links.blobs).await?;
    store.ping().await.context("the blob store")?;
    let mut folder = Folder::create(&options.folder)?;

    // What takes long comes first: the less is published between this and the moment, the less is delivered again.
    let mut copies = blobs::Copies::begin(&folder)?;
    let first = copies.pass(&store).await?;
    show(format!("files: {} objects, {}", first.objects, ByteSize(first.bytes)))?;

    let standing = log::Standing::read(&event_log).await?;
    standing.write(&mut folder)?;
    let (consumers, letters) = standing.counts();
    show(format!(
        "events: the log ends at {}, {consumers} consumers, {letters} dead letters",
        standing.through
    ))?;

    let moment = moment::take(&mut databases).await?;
    let held_milliseconds = moment.held.as_secs_f64() * 1000.0;
    show(format!("the moment: {:.3}, writers were held for {held_milliseconds:.1} ms", moment.at))?;

    // At once: what a service deletes from now on is still in its copied data.
    let second = copies.pass(&store).await?;
    show(format!("files: {} more objects", second.objects))?;
    let counts = copies.finish(&mut folder)?;
    if counts.damaged > 0 {
        show(format!("files: {} objects are damaged in the store, and copied as they are", counts.damaged))?;
    }
    for documents in &documents {
        let count = documents.write(&mut folder).await?;
        show(format!("{}: {count} documents", documents.service))?;
    }
    for database in &databases {
        write(database, &mut folder)?;
    }
    let stores = (&databases[..], &documents[..]);
    let events = log::copy(&event_log, kind_of_events(&links.events), &standing, stores, &mut folder).await?;
    show(format!("events: {} copied, {} of later than the moment left out", events.count, events.left_out))?;

    let root_secret = secret::copy(data, &folder.path(secret::NAME))?;
    if root_secret {
        folder.note(secret::NAME)?;
    }
    let of = |has_documents| {
        let all = databases.iter().filter(move |of| of.has_documents == has_documents);
        all.map(|of| (of.service.clone(), of.copy.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut copies_of_documents = of(true);
    copies_of_documents.extend(documents.iter().map(|of| (of.service.clone(), of.copy.clone())));
    let description = Description {
        format: FORMAT,
        lyceum: env!("CARGO_PKG_VERSION").to_owned(),
        application: settings.manifest.name.clone(),
        moment: format!("{:.6}", moment.at),
        held_milliseconds,
        sql: of(false),
        documents: copies_of_documents,
        events,
        blobs: Blobs { store: kind_of_blobs(&links.blobs), objects: counts.objects, bytes: counts.bytes },
        root_secret,
        files: folder.sums(),
    };
    folder.finish(&description)?;
    Ok(description)
}

fn write(database: &Database, folder: &mut Folder) -> Result<()> {
    let (file, name) = (folder.place(&database.copy.file)?, &database.copy.file);
    database.source.write(&file).with_context(|| format!("copy {database} into {}", file.display()))?;
    let bytes = folder.note(name)?;
    let what = if database.has_documents { "documents" } else { "database" };
    show(format!("{}: {what}, {}", database.service, ByteSize(bytes)))?;
    Ok(())
}

fn kind_of_events(link: &EventsLink) -> Kind {
    if matches!(link, EventsLink::JetStream(_)) { Kind::Jetstream } else { Kind::Embedded }
}

fn kind_of_blobs(link: &BlobsLink) -> Kind {
    if matches!(link, BlobsLink::S3(_)) { Kind::S3 } else { Kind::Folder }
}
