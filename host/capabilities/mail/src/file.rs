//! Messages as files, one each.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use lettre::message::Mailbox;

use crate::compose::compose;
use crate::{Error, Message, Sender};

/// What an unfinished file's name ends with.
const UNFINISHED: &str = ".unfinished";

/// Writes each message to `<id>.eml` in a folder of its own. A message whose file is there was
/// sent: it stays as it is.
#[derive(Debug)]
pub struct FileSender {
    folder: PathBuf,
    from: Mailbox,
    /// Makes the names of unfinished files differ, also of one message sent twice at once.
    attempts: AtomicU64,
}

impl FileSender {
    /// Makes the folder if it is missing, and removes what a crash left unfinished in it. The
    /// folder belongs to one process at a time.
    pub fn new(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            if path.to_str().is_some_and(|name| name.ends_with(UNFINISHED)) {
                fs::remove_file(path)?;
            }
        }
        let from = "Lyceum <noreply@lyceum.invalid>".parse().map_err(io::Error::other)?;
        Ok(Self { folder, from, attempts: AtomicU64::new(0) })
    }
}

#[async_trait]
impl Sender for FileSender {
    async fn send(&self, message: Message) -> Result<(), Error> {
        let text = compose(&message, &self.from)?;
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!(".{}.{attempt}{UNFINISHED}", message.id));
        let finished = self.folder.join(format!("{}.eml", message.id));
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || {
            write(&folder, &unfinished, &finished, &text).inspect_err(|_| {
                // It may not even be there; what matters is told by the error.
                drop(fs::remove_file(&unfinished));
            })
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Error::Unavailable(error.to_string())),
            Err(error) => Err(Error::Unavailable(error.to_string())),
        }
    }
}

/// The file is complete on disk before it has its name, so a crash leaves none or a whole one.
fn write(folder: &Path, unfinished: &Path, finished: &Path, text: &[u8]) -> io::Result<()> {
    if !finished.try_exists()? {
        let mut file = File::create(unfinished)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(unfinished, finished)?;
    }
    // Also when it was there: whoever wrote it may have ended just before this.
    File::open(folder)?.sync_all()
}
