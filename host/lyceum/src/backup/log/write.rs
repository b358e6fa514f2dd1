//! Copying the log.

use anyhow::{Context, Result};
use lyceum_events::backup::{ConsumerProgress, partition};
use lyceum_events::{DeadLetter, EventFilter, EventRecord};

use super::record::{EventLine, LetterLine};
use super::{EVENTS, LETTERS, PROGRESS, SOME};
use crate::backup::databases::Database;
use crate::backup::description::{Events, Kind};
use crate::backup::documents::Documents;
use crate::backup::folder::Folder;
use crate::backup::known::{Known, Wanted};
use crate::backup::lines;
use crate::event_log::Log;

/// How far everybody was at some time before the moment.
pub(crate) struct Standing {
    progress: Vec<ConsumerProgress>,
    letters: Vec<DeadLetter>,
    /// Where the log ended.
    pub(crate) through: i64,
}

impl Standing {
    /// Reads it, in this order: a dead letter is written before the progress past it, and all progress is within the
    /// log.
    pub(crate) async fn read(log: &Log) -> Result<Self> {
        let progress = log.progress().await.context("read the consumers' progress")?;
        let (mut letters, mut cursor) = (Vec::new(), None);
        loop {
            let page = log.dead_letters(None, SOME, cursor.as_deref()).await;
            let page = page.context("read the dead letters")?;
            letters.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        // The others' events are delivered again, and may become dead letters again.
        letters.retain(|letter| letter.record.position <= finished(&progress, letter));
        let through = log.last_position().await.context("read the end of the event log")?;
        Ok(Self { progress, letters, through })
    }

    /// Writes it.
    pub(crate) fn write(&self, folder: &mut Folder) -> Result<()> {
        lines::write(folder.place(PROGRESS)?, &self.progress)?;
        folder.note(PROGRESS)?;
        let letters = self.letters.iter().map(LetterLine::new).collect::<Result<Vec<_>>>()?;
        lines::write(folder.place(LETTERS)?, letters)?;
        folder.note(LETTERS)?;
        Ok(())
    }

    /// How many consumers there are, and how many dead letters.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let mut consumers: Vec<&str> = self.progress.iter().map(|of| of.consumer.as_str()).collect();
        consumers.dedup();
        (consumers.len(), self.letters.len())
    }
}

/// Up to where the letter's consumer is finished with its aggregate.
fn finished(progress: &[ConsumerProgress], letter: &DeadLetter) -> i64 {
    let event = &letter.record.event;
    let own = progress.iter().find(|of| {
        of.consumer == letter.consumer
            && of.partition.is_none_or(|number| number == partition(&event.aggregate_id))
    });
    own.map_or(0, |of| of.finished(&event.aggregate_type, &event.aggregate_id))
}

/// Copies the events, up to where the log ends now.
pub(crate) async fn copy(
    log: &Log,
    store: Kind,
    standing: &Standing,
    (databases, documents): (&[Database], &[Documents]),
    folder: &mut Folder,
) -> Result<Events> {
    let through = log.last_position().await.context("read the end of the event log")?;
    let mut wanted = Wanted::default();
    each(log, standing.through, through, |record| {
        wanted.add(&record.event);
        Ok(())
    })
    .await?;
    let mut known = Known::default();
    known.ask(databases, &wanted).await?;
    for documents in documents {
        documents.tell(&mut known, &wanted, folder)?;
    }
    let mut writer = lines::Writer::create(folder.place(EVENTS)?)?;
    let (mut count, mut first, mut left_out) = (0, None, 0);
    let mut next = standing.through + 1;
    each(log, 0, through, |record| {
        let waits = known.waits(&record.event);
        let position = if record.position <= standing.through {
            record.position
        } else if waits || !known.knows(&record.event) {
            left_out += 1;
            return Ok(());
        } else {
            next += 1;
            next - 1
        };
        first.get_or_insert(position);
        count += 1;
        writer.add(&EventLine::new(record, position, waits)?)
    })
    .await?;
    writer.finish()?;
    folder.note(EVENTS)?;
    Ok(Events {
        store,
        count,
        first: first.unwrap_or(standing.through + 1),
        through: standing.through,
        progress: standing.progress.len() as u64,
        dead_letters: standing.letters.len() as u64,
        left_out,
    })
}

/// The events after one position up to another.
async fn each(
    log: &Log,
    after: i64,
    through: i64,
    mut each: impl FnMut(EventRecord) -> Result<()>,
) -> Result<()> {
    let mut cursor = Some(after.to_string());
    while let Some(from) = cursor {
        let page = log.events(&EventFilter::default(), SOME, Some(&from)).await;
        let page = page.context("read the event log")?;
        for record in page.items {
            if record.position > through {
                return Ok(());
            }
            each(record)?;
        }
        cursor = page.next;
    }
    Ok(())
}
