//! S3 passes the suite; and what only a server can do wrong.

#![allow(clippy::expect_used, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::TryStreamExt;
use lyceum_blobs::conformance::{StoreUnderTest, WHOLE, content, read, write};
use lyceum_blobs::{Container, Credentials, Error, S3Options, Store};
use lyceum_private_servers::{S3Server, Server as _};

/// How long a call may take that finds no server: three seconds to answer, fifteen for a part of an object, and some
/// more for a slow machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// How soon a store must work again once its server does. Two seconds are promised, and printed is what it took; a
/// machine that is busy with other things gets more.
const RECOVERY: Duration = Duration::from_secs(15);

static BUCKETS: AtomicU64 = AtomicU64::new(0);

fn server() -> &'static S3Server {
    static SERVER: OnceLock<S3Server> = OnceLock::new();
    SERVER.get_or_init(|| S3Server::start().expect("an S3 server"))
}

fn options(server: &S3Server, bucket: &str) -> S3Options {
    S3Options {
        bucket: bucket.to_owned(),
        prefix: "some/prefix".to_owned(),
        endpoint: Some(server.url()),
        region: Some("us-east-1".to_owned()),
        credentials: Some(Credentials { key: S3Server::KEY.to_owned(), secret: S3Server::SECRET.to_owned() }),
    }
}

struct OnS3 {
    folder: PathBuf,
    store: Store,
}

#[async_trait]
impl StoreUnderTest for OnS3 {
    async fn fresh() -> Self {
        let bucket = format!("test-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
        let folder = server().create_bucket(&bucket).expect("a bucket");
        Self { folder, store: Store::on_s3(&options(server(), &bucket)).expect("opened") }
    }

    fn container(&self, component: &str, name: &str) -> Arc<dyn Container> {
        self.store.container(component, name)
    }

    fn file(&self, component: &str, container: &str, name: &str) -> PathBuf {
        self.folder.join("some/prefix").join(component).join(container).join(name)
    }

    fn stored(&self) -> usize {
        files(&self.folder)
    }
}

/// Files appear and go while they are counted.
fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| entry.path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

lyceum_blobs::conformance_tests!(OnS3);

fn is_unavailable<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Unavailable(_)))
}

/// A server of its own with one object in it.
async fn one_of_its_own() -> (S3Server, Arc<dyn Container>) {
    let server = S3Server::start().expect("an S3 server");
    server.create_bucket("bucket").expect("a bucket");
    let container = Store::on_s3(&options(&server, "bucket")).expect("opened").container("c", "b");
    write(&*container, "object", &content(10, 1), 10).await.expect("written");
    (server, container)
}

/// Everything that can be asked says in time that the server isn't there.
async fn all_is_unavailable(container: &dyn Container) {
    let started = Instant::now();
    assert!(is_unavailable(&container.info("object").await));
    assert!(is_unavailable(&read(container, "object", WHOLE).await));
    assert!(is_unavailable(&container.delete("object").await));
    assert!(is_unavailable(&container.list().try_collect::<Vec<_>>().await));
    assert!(started.elapsed() < 4 * DEADLINE);
    for length in [10, 13_000_000] {
        let started = Instant::now();
        assert!(is_unavailable(&write(container, "other", &content(length, 1), 65_536).await));
        assert!(started.elapsed() < DEADLINE, "{:?} for {length} bytes", started.elapsed());
    }
}

async fn it_works_again(container: &dyn Container) {
    let back = Instant::now();
    while read(container, "object", WHOLE).await.is_err() {
        assert!(back.elapsed() < RECOVERY, "it works within {RECOVERY:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("works again {} ms after the server", back.elapsed().as_millis());
    assert_eq!(read(container, "object", WHOLE).await.expect("read"), content(10, 1));
    assert_eq!(container.info("other").await, Err(Error::NoSuchObject));
    write(container, "other", &content(13_000_000, 2), 65_536).await.expect("written");
    assert!(read(container, "other", WHOLE).await.expect("read") == content(13_000_000, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stopped_is_told_and_found_again() {
    let (server, container) = one_of_its_own().await;
    server.stop().expect("stopped");
    all_is_unavailable(&*container).await;
    server.restart().expect("started");
    it_works_again(&*container).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_told_and_found_again() {
    let (server, container) = one_of_its_own().await;
    server.pause().expect("paused");
    // A request that it has when it goes on is one that it does: nothing is asked here that changes something.
    let started = Instant::now();
    assert!(is_unavailable(&container.info("object").await));
    assert!(is_unavailable(&read(&*container, "object", WHOLE).await));
    assert!(started.elapsed() < DEADLINE);
    server.resume().expect("resumed");
    it_works_again(&*container).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_the_middle_of_an_upload_has_no_object() {
    let (server, container) = one_of_its_own().await;
    let mut upload = container.write("other").await.expect("begun");
    upload.write(content(6 << 20, 1)).await.expect("the first part is on its way");
    server.kill9().expect("killed");
    let started = Instant::now();
    let rest = async {
        upload.write(content(12 << 20, 2)).await?;
        upload.finish().await
    };
    assert!(is_unavailable(&rest.await));
    assert!(started.elapsed() < DEADLINE);
    server.restart().expect("started");
    it_works_again(&*container).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_in_the_middle_of_an_upload_is_told() {
    let (server, container) = one_of_its_own().await;
    let mut upload = container.write("other").await.expect("begun");
    upload.write(content(6 << 20, 1)).await.expect("the first part is on its way");
    server.pause().expect("paused");
    let started = Instant::now();
    let rest = async {
        upload.write(content(12 << 20, 2)).await?;
        upload.finish().await
    };
    assert!(is_unavailable(&rest.await));
    assert!(started.elapsed() < DEADLINE);
    server.resume().expect("resumed");
    it_works_again(&*container).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_share_what_they_store() {
    server().create_bucket("shared").expect("a bucket");
    let hosts =
        [(); 2].map(|()| Store::on_s3(&options(server(), "shared")).expect("opened").container("c", "b"));
    let [one, other] = hosts;
    write(&*one, "object", &content(10, 1), 10).await.expect("written");
    assert_eq!(read(&*other, "object", WHOLE).await.expect("read"), content(10, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_or_bucket_is_told_without_the_secret() {
    server().create_bucket("right").expect("a bucket");
    let right = options(server(), "right");
    Store::on_s3(&right).expect("opened").ping().await.expect("it answers");
    let credentials =
        Some(Credentials { key: S3Server::KEY.to_owned(), secret: "my-wrong-secret".to_owned() });
    for wrong in [S3Options { credentials, ..right.clone() }, S3Options { bucket: "absent".into(), ..right }]
    {
        let told = Store::on_s3(&wrong).expect("opened").ping().await.expect_err("refused").to_string();
        assert!(!told.contains("my-wrong-secret") && !format!("{wrong:?}").contains("my-wrong-secret"));
        assert!(!told.contains('\n') && told.len() < 1000, "{told}");
    }
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_can_not_speak_tls() {
    let mut options = options(server(), "tls");
    options.endpoint = Some(server().url().replace("http://", "https://"));
    assert!(is_unavailable(&Store::on_s3(&options).expect("opened").ping().await));
}
