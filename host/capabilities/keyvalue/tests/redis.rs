//! Redis, alone and as a cluster, passes the suite; and what only a server can do wrong.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lyceum_keyvalue::conformance::{LIFE, StoreUnderTest};
use lyceum_keyvalue::{Bucket, BucketOptions, Error, RedisStore};
use lyceum_private_servers::{RedisServer, Server as _};
use redis::{Client, cmd};

/// Lives are so many times longer than the suite says, so that a slow machine doesn't end them early.
const SLOWER: u32 = 100;
const PATIENCE: Duration = Duration::from_secs(30);

static APPLICATIONS: AtomicU64 = AtomicU64::new(0);

fn server() -> &'static RedisServer {
    static SERVER: OnceLock<RedisServer> = OnceLock::new();
    SERVER.get_or_init(|| RedisServer::start().expect("Redis"))
}

fn cluster() -> &'static RedisServer {
    static CLUSTER: OnceLock<RedisServer> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let server = RedisServer::start_with(&["--cluster-enabled", "yes"]).expect("Redis");
        let mut connection =
            Client::open(server.url()).and_then(|client| client.get_connection()).expect("connected");
        cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(0).arg(16383).exec(&mut connection).expect("slots");
        let until = Instant::now() + PATIENCE;
        while !cmd("CLUSTER")
            .arg("INFO")
            .query::<String>(&mut connection)
            .expect("asked")
            .contains("state:ok")
        {
            assert!(Instant::now() < until, "the cluster is ready");
            std::thread::yield_now();
        }
        server
    })
}

struct UnderTest {
    server: &'static RedisServer,
    application: String,
    store: RedisStore,
}

impl UnderTest {
    fn on(server: &'static RedisServer, address: &str) -> Self {
        let application = format!("test-{}", APPLICATIONS.fetch_add(1, Ordering::Relaxed));
        Self { server, store: RedisStore::open(address, &application).expect("opened"), application }
    }

    fn bucket(&self, component: &str, name: &str, expires: bool) -> Arc<dyn Bucket> {
        let time_to_live = expires.then_some(LIFE * SLOWER);
        self.store.bucket(component, name, BucketOptions { time_to_live, ..BucketOptions::default() })
    }

    /// Takes the time from the life of every key.
    fn pass(&self, time: Duration) {
        let client = Client::open(self.server.url()).expect("an address");
        let mut connection = client.get_connection().expect("connected");
        let pattern = format!("{}:*", self.application);
        let keys: Vec<Vec<u8>> = cmd("KEYS").arg(pattern).query(&mut connection).expect("listed");
        let passed = i64::try_from((time * SLOWER).as_millis()).expect("a time");
        for key in keys {
            let left: i64 = cmd("PTTL").arg(&key).query(&mut connection).expect("asked");
            if left >= 0 {
                // With nothing left, this removes the key.
                cmd("PEXPIRE").arg(&key).arg(left - passed).exec(&mut connection).expect("changed");
            }
        }
    }
}

mod alone {
    use super::*;

    struct Alone(UnderTest);

    #[async_trait]
    impl StoreUnderTest for Alone {
        async fn fresh() -> Self {
            Self(UnderTest::on(server(), &server().url()))
        }

        async fn bucket(&self, component: &str, name: &str, expires: bool) -> Arc<dyn Bucket> {
            self.0.bucket(component, name, expires)
        }

        async fn pass(&self, time: Duration) {
            self.0.pass(time);
        }
    }

    lyceum_keyvalue::conformance_tests!(Alone);
}

mod in_a_cluster {
    use super::*;

    struct Cluster(UnderTest);

    #[async_trait]
    impl StoreUnderTest for Cluster {
        async fn fresh() -> Self {
            let address = cluster().url().replace("redis://", "redis+cluster://");
            Self(UnderTest::on(cluster(), &address))
        }

        async fn bucket(&self, component: &str, name: &str, expires: bool) -> Arc<dyn Bucket> {
            self.0.bucket(component, name, expires)
        }

        async fn pass(&self, time: Duration) {
            self.0.pass(time);
        }
    }

    lyceum_keyvalue::conformance_tests!(Cluster);
}

/// Asks until the answer is as wanted.
async fn until(bucket: &dyn Bucket, wanted: impl Fn(&Result<Option<bytes::Bytes>, Error>) -> bool) {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = bucket.get("key").await;
        if wanted(&answer) {
            return;
        }
        assert!(Instant::now() < end, "{answer:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_share_what_they_keep() {
    let hosts = [(); 2].map(|()| RedisStore::open(&server().url(), "shared").expect("opened"));
    let buckets = hosts.map(|host| host.bucket("c", "b", BucketOptions::default()));
    buckets[0].set("key", "value".into()).await.expect("set");
    assert_eq!(buckets[1].get("key").await, Ok(Some("value".into())));
    assert_eq!(buckets[1].increment("n", 1).await, Ok(1));
    assert_eq!(buckets[0].increment("n", 1).await, Ok(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_ends_by_the_servers_clock() {
    let time_to_live = Some(Duration::from_millis(1));
    let options = BucketOptions { time_to_live, ..BucketOptions::default() };
    let bucket = RedisStore::open(&server().url(), "ends").expect("opened").bucket("c", "b", options);
    bucket.set("key", "value".into()).await.expect("set");
    until(&*bucket, |answer| *answer == Ok(None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_told_and_found_again() {
    let server = RedisServer::start().expect("Redis");
    let store = RedisStore::open(&server.url(), "gone").expect("opened");
    let bucket = store.bucket("c", "b", BucketOptions::default());
    let unavailable =
        |answer: &Result<Option<bytes::Bytes>, Error>| matches!(answer, Err(Error::Unavailable(_)));
    bucket.set("key", "value".into()).await.expect("set");

    server.pause().expect("paused");
    assert!(unavailable(&bucket.get("key").await), "a server that hangs");
    server.resume().expect("resumed");
    until(&*bucket, |answer| *answer == Ok(Some("value".into()))).await;

    server.kill9().expect("killed");
    until(&*bucket, unavailable).await;
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
    server.restart().expect("restarted");
    until(&*bucket, |answer| *answer == Ok(None)).await;
    bucket.set("key", "again".into()).await.expect("set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_when_it_is_full_says_so() {
    let server = RedisServer::start().expect("Redis");
    let store = RedisStore::open(&server.url(), "policy").expect("opened");
    let set = |name: &str, value: &str| {
        let mut connection =
            Client::open(server.url()).and_then(|client| client.get_connection()).expect("connected");
        cmd("CONFIG").arg("SET").arg(name).arg(value).exec(&mut connection).expect("set");
    };
    set("maxmemory-policy", "allkeys-lru");
    assert_eq!(store.eviction_policy().await, Ok(None), "without a bound nothing is forgotten");
    set("maxmemory", "100mb");
    assert_eq!(store.eviction_policy().await, Ok(Some("allkeys-lru".to_owned())));
    set("maxmemory-policy", "noeviction");
    assert_eq!(store.eviction_policy().await, Ok(None));
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_can_not_speak_tls() {
    let address = server().url().replace("redis://", "rediss://");
    let store = RedisStore::open(&address, "tls").expect("opened");
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_server_may_come_after_its_clients() {
    let server = RedisServer::start().expect("Redis");
    server.stop().expect("stopped");
    let bucket =
        RedisStore::open(&server.url(), "late").expect("opened").bucket("c", "b", BucketOptions::default());
    assert!(matches!(bucket.get("key").await, Err(Error::Unavailable(_))));
    server.restart().expect("started");
    until(&*bucket, |answer| *answer == Ok(None)).await;
}
