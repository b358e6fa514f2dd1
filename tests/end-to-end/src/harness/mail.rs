//! Where a deployment's mail arrives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_private_servers::SmtpServer;

/// A folder of files, or a mail server.
#[derive(Clone, Debug)]
pub enum Post {
    /// A file for each mail.
    Folder(PathBuf),
    /// A server that keeps all that it is given.
    Server(Arc<SmtpServer>),
}

impl Post {
    /// The texts of all mails. What reached a server twice under one `Message-ID` is one mail, as it is for whoever
    /// reads it (RFC 5322, section 3.6.4).
    pub fn mails(&self) -> Result<Vec<String>> {
        match self {
            Self::Folder(folder) => mails(folder),
            Self::Server(server) => {
                let texts = server.messages()?;
                let texts = texts.iter().map(|text| String::from_utf8_lossy(text).into_owned());
                let by_id: BTreeMap<String, String> =
                    texts.map(|text| (id(&text).to_owned(), text)).collect();
                Ok(by_id.into_values().collect())
            }
        }
    }

    /// How many mails came for this address.
    pub fn mails_to(&self, address: &str) -> Result<usize> {
        Ok(self.mails()?.iter().filter(|text| text.contains(address)).count())
    }
}

/// Its `Message-ID`, or else all of it.
fn id(text: &str) -> &str {
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
    line.unwrap_or(text)
}

/// The texts of all mails in a folder; none when there is no such folder yet.
pub fn mails(folder: &Path) -> Result<Vec<String>> {
    let Ok(files) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let paths = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    let mails = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails
        .map(|path| std::fs::read_to_string(path).with_context(|| format!("read {}", path.display())))
        .collect()
}
