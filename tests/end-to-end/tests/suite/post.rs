//! Where a deployment's mail arrives.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
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
            Self::Server(server) => server.messages()?,
            Self::Folder(folder) => {
                let mut texts = Vec::new();
                for file in std::fs::read_dir(folder)? {
                    let path = file?.path();
                    if path.extension().is_some_and(|extension| extension == "eml") {
                        texts.push(std::fs::read(path)?);
                    }
                }
                texts
            }
        };
        Ok(texts.iter().filter(|text| String::from_utf8_lossy(text).contains(address)).count())
    }
}
