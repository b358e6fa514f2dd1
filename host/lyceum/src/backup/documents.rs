//! Documents on a server, which are copied one after the other from the moment on.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use lyceum_documents::{MongodbDocuments, Options, events_of_copy};
use lyceum_manifest::{DocumentsLink, Links};

use super::description::{Copy, Kind};
use super::folder::Folder;
use super::known::{Known, Wanted};

/// One service's documents.
pub(crate) struct Documents {
    pub(crate) service: String,
    pub(crate) copy: Copy,
    server: Arc<MongodbDocuments>,
}

/// Opens all that are on a server.
pub(crate) async fn sources(links: &Links) -> Result<Vec<Documents>> {
    let mut all = Vec::new();
    for (service, link) in &links.documents {
        if let DocumentsLink::Mongodb(_) = link {
            let server = target(service, links).await?;
            let asked = server.occupied().await;
            asked.with_context(|| format!("ask for the documents of {service}"))?;
            let copy = Copy { store: Kind::Mongodb, file: format!("documents/{service}") };
            all.push(Documents { service: service.clone(), copy, server });
        }
    }
    Ok(all)
}

/// Where the copy of a service's documents is to be put.
pub(crate) async fn target(service: &str, links: &Links) -> Result<Arc<MongodbDocuments>> {
    match links.documents.get(service) {
        Some(DocumentsLink::Mongodb(url)) => {
            MongodbDocuments::connect(url.reveal(), service, Options::default())
                .await
                .with_context(|| format!("connect the documents of {service} to {url}"))
        }
        Some(_) => bail!("the documents of {service} come from MongoDB, and can't be put into another kind"),
        None => bail!("the backup has documents of {service}, which the manifest has not"),
    }
}

impl Documents {
    /// Copies them. Returns how many there are.
    pub(crate) async fn write(&self, folder: &mut Folder) -> Result<u64> {
        let name = &self.copy.file;
        let place = folder.place(&format!("{name}/of"))?;
        let place = place.parent().context("a folder for documents")?.to_owned();
        let copied = self.server.copy(&place).await;
        let (files, count) = copied.with_context(|| format!("copy the documents of {}", self.service))?;
        for file in files {
            folder.note(&format!("{name}/{file}"))?;
        }
        Ok(count)
    }

    /// Tells what the copy knows of events.
    pub(crate) fn tell(&self, known: &mut Known, wanted: &Wanted, folder: &Folder) -> Result<()> {
        let events = events_of_copy(&folder.path(&self.copy.file), &wanted.of(&self.service))
            .with_context(|| format!("read the copied documents of {}", self.service))?;
        known.add(&self.service, events.last);
        known.add_waiting(events.waiting);
        Ok(())
    }
}
