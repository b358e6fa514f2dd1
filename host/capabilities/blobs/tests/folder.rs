//! The store in a folder passes the suite.

#![allow(clippy::expect_used, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use lyceum_blobs::conformance::{StoreUnderTest, WHOLE, content, read, write};
use lyceum_blobs::{Container, Store};

struct InFolder {
    folder: tempfile::TempDir,
    store: Store,
}

#[async_trait]
impl StoreUnderTest for InFolder {
    async fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { store: Store::in_folder(&folder.path().join("blobs")).expect("opened"), folder }
    }

    fn container(&self, component: &str, name: &str) -> Arc<dyn Container> {
        self.store.container(component, name)
    }

    fn file(&self, component: &str, container: &str, name: &str) -> PathBuf {
        self.folder.path().join("blobs").join(component).join(container).join(name)
    }

    fn stored(&self) -> usize {
        files(self.folder.path())
    }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

lyceum_blobs::conformance_tests!(InFolder);

#[tokio::test]
async fn objects_outlive_the_host() {
    let store = InFolder::fresh().await;
    write(&*store.container("c", "b"), "object", &content(100, 1), 10).await.expect("written");
    let again = Store::in_folder(&store.folder.path().join("blobs")).expect("opened again");
    assert_eq!(read(&*again.container("c", "b"), "object", WHOLE).await.expect("read"), content(100, 1));
}

#[tokio::test]
async fn a_folder_that_can_not_be_is_told() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    assert!(Store::in_folder(file.path()).is_err());
}
