//! Objects, which are copied as they are stored.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use lyceum_blobs::{Copied, Store};
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::lines;

/// The list in a backup, and the folder with the objects.
const LIST: &str = "blobs.jsonl";
const FOLDER: &str = "blobs";
/// Objects on their way at once.
const AT_ONCE: usize = 8;

/// An object of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    object: String,
    bytes: u64,
    sha256: String,
}

/// Objects that were copied.
pub(crate) struct Copies {
    store: Store,
    /// What was copied of each place, with its revision then.
    known: BTreeMap<String, (String, Copied)>,
}

/// What a pass copied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) damaged: u64,
}

impl Copies {
    /// None yet.
    pub(crate) fn begin(folder: &Folder) -> Result<Self> {
        let store = Store::in_folder(&folder.path(FOLDER)).context("make the folder of objects")?;
        Ok(Self { store, known: BTreeMap::new() })
    }

    /// Copies what is new since the last time. What was deleted meanwhile is kept.
    pub(crate) async fn pass(&mut self, from: &Store) -> Result<Counts> {
        let known = &self.known;
        let new = from.objects().try_filter(|object| {
            let is_new = known.get(&object.place).is_none_or(|(revision, _)| *revision != object.revision);
            async move { is_new }
        });
        let target = &self.store;
        let copied: Vec<_> = new
            .map(|object| async move {
                let object = object.context("list the objects")?;
                let copied = from.copy(&object.place, target).await;
                let copied = copied.with_context(|| format!("copy the object {}", object.place))?;
                anyhow::Ok(copied.map(|copied| (object.place, (object.revision, copied))))
            })
            .buffer_unordered(AT_ONCE)
            .try_filter_map(|copied| async move { Ok(copied) })
            .try_collect()
            .await?;
        let mut counts = Counts::default();
        for (_, (_, copied)) in &copied {
            counts.objects += 1;
            counts.bytes += copied.size;
            counts.damaged += u64::from(!copied.is_sound);
        }
        self.known.extend(copied);
        Ok(counts)
    }

    /// Lists them.
    pub(crate) fn finish(self, folder: &mut Folder) -> Result<Counts> {
        let mut counts = Counts::default();
        let lines = self.known.into_iter().map(|(object, (_, copied))| {
            counts.objects += 1;
            counts.bytes += copied.size;
            counts.damaged += u64::from(!copied.is_sound);
            Line { object, bytes: copied.size, sha256: copied.sha256 }
        });
        lines::write(folder.path(LIST), lines)?;
        folder.note(LIST)?;
        Ok(counts)
    }
}

/// Refuses objects of a backup that are not what was written.
pub(crate) async fn verify(folder: &Folder) -> Result<()> {
    let store = Store::in_folder(&folder.path(FOLDER)).context("open the folder of objects")?;
    for_each(folder, async |line| {
        let found = store.examine(&line.object).await.context("read an object")?;
        ensure!(is_as_written(&line, found.as_ref()), "the backup is damaged: its object {}", line.object);
        Ok(())
    })
    .await
}

/// Puts all objects into an empty store.
pub(crate) async fn restore(folder: &Folder, target: &Store) -> Result<()> {
    let store = Store::in_folder(&folder.path(FOLDER)).context("open the folder of objects")?;
    for_each(folder, async |line| {
        let copied = store.copy(&line.object, target).await;
        let copied = copied.with_context(|| format!("write the object {}", line.object))?;
        ensure!(is_as_written(&line, copied.as_ref()), "the backup is damaged: its object {}", line.object);
        Ok(())
    })
    .await
}

fn is_as_written(line: &Line, found: Option<&Copied>) -> bool {
    found.is_some_and(|found| found.size == line.bytes && found.sha256 == line.sha256)
}

async fn for_each(folder: &Folder, each: impl AsyncFn(Line) -> Result<()>) -> Result<()> {
    let lines = lines::Reader::<Line>::open(&folder.path(LIST))?;
    let each = &each;
    let all = stream::iter(lines).map(|line| async move { each(line?).await });
    all.buffer_unordered(AT_ONCE).try_collect::<()>().await
}
