//! Where a deployment's mail arrives.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use lyceum_end_to_end::harness::mails;
use lyceum_private_servers::SmtpServer;

/// A folder of files, or a mail server.
#[derive(Clone)]
pub(crate) enum Post {
    Folder(PathBuf),
    Server(Arc<SmtpServer>),
}

impl Post {
    /// How many mails came for this address.
    pub(crate) fn mails_to(&self, address: &str) -> Result<usize> {
        let texts = match self {
            Self::Server(server) => {
                let texts = server.messages()?;
                texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
            }
            Self::Folder(folder) => mails(folder)?,
        };
        Ok(texts.iter().filter(|text| text.contains(address)).count())
    }
}
