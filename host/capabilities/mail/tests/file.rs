//! The file backend passes the suite of every mail backend, and leaves whole files only.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::fs;
use std::sync::Arc;

use async_trait::async_trait;
use lyceum_mail::conformance::{BackendUnderTest, message};
use lyceum_mail::{Error, FileSender, Sender};
use tempfile::TempDir;

struct Files {
    folder: TempDir,
    sender: Arc<FileSender>,
}

#[async_trait]
impl BackendUnderTest for Files {
    async fn fresh() -> Self {
        let folder = TempDir::new().expect("a folder");
        let sender = Arc::new(FileSender::new(folder.path()).expect("a sender"));
        Self { folder, sender }
    }

    fn sender(&self) -> Arc<dyn Sender> {
        self.sender.clone()
    }

    async fn arrived(&self) -> Vec<Vec<u8>> {
        let files = fs::read_dir(self.folder.path()).expect("a folder");
        files
            .map(|file| {
                let path = file.expect("a file").path();
                assert_eq!(path.extension().expect("an extension"), "eml", "nothing unfinished is left");
                fs::read(path).expect("read")
            })
            .collect()
    }
}

lyceum_mail::conformance_tests!(Files);

#[tokio::test]
async fn a_folder_that_is_gone_is_no_loss() {
    let folder = TempDir::new().expect("a folder");
    let mail = folder.path().join("mail");
    let sender = FileSender::new(&mail).expect("a sender");
    fs::remove_dir_all(&mail).expect("removed");
    assert!(matches!(sender.send(message("m1")).await, Err(Error::Unavailable(_))));
    fs::create_dir_all(&mail).expect("made");
    sender.send(message("m1")).await.expect("sent");
    assert!(mail.join("m1.eml").is_file());
}

#[tokio::test]
async fn after_a_crash_sent_mails_stay_and_unfinished_ones_are_removed() {
    let folder = TempDir::new().expect("a folder");
    FileSender::new(folder.path()).expect("a sender").send(message("m1")).await.expect("sent");
    let first = fs::read(folder.path().join("m1.eml")).expect("read");
    fs::write(folder.path().join(".m2.0.unfinished"), "half a mess").expect("written");

    let after_a_crash = FileSender::new(folder.path()).expect("a sender");
    after_a_crash.send(message("m1")).await.expect("sent");
    assert_eq!(fs::read(folder.path().join("m1.eml")).expect("read"), first);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}
