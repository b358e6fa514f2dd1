//! The event log and the dead letters, wherever they are.

use std::path::Path;

use anyhow::{Context, Result, bail};
use lyceum_events::backup::ConsumerProgress;
use lyceum_events::{DeadLetter, Error, EventFilter, EventRecord, JetStreamLedger, Ledger, Page, Rewind};
use lyceum_manifest::{EventsLink, Manifest, Report};

/// The log that the environment names.
pub(crate) enum Log {
    File(Ledger),
    JetStream(JetStreamLedger),
}

impl Log {
    pub(crate) async fn open(link: &EventsLink, manifest: &Path, data: &Path) -> Result<Self> {
        match link {
            EventsLink::Embedded { file, .. } => {
                if !file.is_file() {
                    bail!(
                        "there is no event log in {}; start the application once, or say --data",
                        data.display()
                    );
                }
                let ledger = Ledger::open(file).with_context(|| format!("open {}", file.display()))?;
                Ok(Self::File(ledger))
            }
            EventsLink::JetStream(server) => {
                let manifest = Manifest::load(manifest).map_err(Report)?;
                let ledger = JetStreamLedger::open(server.reveal(), &manifest.name).await;
                Ok(Self::JetStream(ledger.with_context(|| format!("open the event log on {server}"))?))
            }
            _ => bail!("this host has no such event bus"),
        }
    }

    pub(crate) async fn events(
        &self,
        filter: &EventFilter,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<EventRecord>, Error> {
        match self {
            Self::File(ledger) => ledger.events(filter, limit, cursor),
            Self::JetStream(ledger) => ledger.events(filter, limit, cursor).await,
        }
    }

    pub(crate) async fn show(&self, id: &str) -> Result<Option<(EventRecord, Vec<DeadLetter>)>, Error> {
        match self {
            Self::File(ledger) => ledger.show(id),
            Self::JetStream(ledger) => ledger.show(id).await,
        }
    }

    pub(crate) async fn dead_letters(
        &self,
        consumer: Option<&str>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<DeadLetter>, Error> {
        match self {
            Self::File(ledger) => ledger.dead_letters(consumer, limit, cursor),
            Self::JetStream(ledger) => ledger.dead_letters(consumer, limit, cursor).await,
        }
    }

    pub(crate) async fn progress(&self) -> Result<Vec<ConsumerProgress>, Error> {
        match self {
            Self::File(ledger) => ledger.progress(),
            Self::JetStream(ledger) => ledger.progress().await,
        }
    }

    pub(crate) async fn last_position(&self) -> Result<i64, Error> {
        match self {
            Self::File(ledger) => ledger.last_position(),
            Self::JetStream(ledger) => ledger.last_position().await,
        }
    }

    pub(crate) async fn replay(&self, consumer: &str, id: &str) -> Result<(), Error> {
        match self {
            Self::File(ledger) => ledger.replay(consumer, id),
            Self::JetStream(ledger) => ledger.replay(consumer, id).await,
        }
    }

    pub(crate) async fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error> {
        match self {
            Self::File(ledger) => ledger.rewind(consumer, to),
            Self::JetStream(ledger) => ledger.rewind(consumer, to).await,
        }
    }

    pub(crate) async fn drop_dead_letter(&self, consumer: &str, id: &str) -> Result<(), Error> {
        match self {
            Self::File(ledger) => ledger.drop_dead_letter(consumer, id),
            Self::JetStream(ledger) => ledger.drop_dead_letter(consumer, id).await,
        }
    }
}
