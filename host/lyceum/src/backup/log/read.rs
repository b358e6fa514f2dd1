//! Putting a copy of the log in its place.

use anyhow::{Context, Result};
use lyceum_events::backup::{ConsumerProgress, LogTarget};

use super::record::{EventLine, LetterLine};
use super::{EVENTS, LETTERS, PROGRESS, SOME};
use crate::backup::description::Events;
use crate::backup::folder::Folder;
use crate::backup::lines::Reader;

/// Fills an empty log.
pub(crate) async fn restore(mut target: LogTarget, events: &Events, folder: &Folder) -> Result<()> {
    let letters = Reader::<LetterLine>::open(&folder.path(LETTERS))?;
    let letters = letters.map(|line| line.map(LetterLine::letter)).collect::<Result<_>>()?;
    let progress = Reader::<ConsumerProgress>::open(&folder.path(PROGRESS))?.collect::<Result<_>>()?;
    target.begin(events.first).await.context("make the event log")?;
    let mut some = Vec::with_capacity(SOME);
    for line in Reader::<EventLine>::open(&folder.path(EVENTS))? {
        let line = line?;
        let waits = line.waits;
        some.push((line.record(), waits));
        if some.len() >= SOME {
            target.append(std::mem::take(&mut some)).await.context("write the events")?;
        }
    }
    target.append(some).await.context("write the events")?;
    target.finish(events.through, progress, letters).await.context("write the consumers' progress")
}
