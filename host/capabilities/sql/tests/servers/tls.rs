//! TLS and passwords: nothing weaker than the URL asks for, and no secret in what is said.

use std::process::Command;
use std::sync::{Arc, Mutex};

use lyceum_private_servers::{Authority, PostgresServer, Server as _};
use lyceum_sql::{Backend, Database, Error, Options, PostgresDatabase};
use tokio::sync::OnceCell;
use tracing::subscriber::with_default;

use crate::things::{add, connect, ids, open, soon, superuser, tables, until};

const PASSWORD: &str = "correct-horse";

/// One server for these tests, with a role `visitor` that owns the database `visited`.
async fn server() -> &'static PostgresServer {
    static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            let server = PostgresServer::start_secure().unwrap();
            let client = superuser(&server, "postgres").await;
            client.batch_execute(&format!("CREATE ROLE visitor LOGIN PASSWORD '{PASSWORD}'")).await.unwrap();
            client.batch_execute("CREATE DATABASE visited OWNER visitor").await.unwrap();
            server
        })
        .await
}

/// Where it is, with these parameters; `{}` stands for the file of its own authority.
async fn url(host: &str, password: &str, parameters: &str) -> String {
    let server = server().await;
    let parameters = parameters.replace("{}", &server.authority().display().to_string());
    format!("postgres://visitor:{password}@{host}:{}/visited?{parameters}", server.port())
}

/// Why nobody gets in by this URL.
async fn refusal(url: &str) -> String {
    let database = match PostgresDatabase::connect(url, "things", Options::default()) {
        Ok(database) => database,
        Err(error) => return error.to_string(),
    };
    let Err(error) = database.transact(add("x", "x"), soon()).await else { panic!("{url} works") };
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    let migrating = database.migrate(&tables()).await.unwrap_err();
    assert!(!format!("{migrating:?} {migrating}").contains(PASSWORD));
    error.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_over_tls() {
    let url = url("localhost", PASSWORD, "sslmode=verify-full&sslrootcert={}&channel_binding=require").await;
    // A schema that no other test locks or waits for.
    let database = PostgresDatabase::connect(&url, "covered", Options::default()).unwrap();
    database.migrate(&tables()).await.unwrap();
    let relay = database.spawn_relay(Arc::new(Nowhere));
    database.transact(add("a", "a"), soon()).await.unwrap();
    assert!(ids(&*database).await.unwrap().contains(&"a".to_owned()));
    until("the relay publishes", async || relay.statistics().relayed.get() > 0).await;
    let client = superuser(server().await, "visited").await;
    let count =
        "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name IN ('lyceum-covered', 'lyceum-relay')";
    let row = client.query_one(count, &[]).await.unwrap();
    let (with_tls, all): (i64, i64) = (row.get(0), row.get(1));
    assert!(all >= 2 && with_tls == all, "{with_tls} of {all}");

    // A statement that nobody waits for is ended by a connection that has TLS as well.
    client.batch_execute("BEGIN; LOCK TABLE covered.things").await.unwrap();
    let short = std::time::Instant::now() + std::time::Duration::from_millis(200);
    let blocked =
        tokio::time::timeout(std::time::Duration::from_millis(100), database.transact(add("b", "b"), soon()));
    assert!(blocked.await.is_err());
    assert_eq!(database.transact(add("b", "b"), short).await, Err(Error::Timeout));
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'lyceum-covered'";
    until("nothing waits for the lock", async || {
        client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0
    })
    .await;
    client.batch_execute("ROLLBACK").await.unwrap();
    relay.shutdown().await;
}

struct Nowhere;

#[async_trait::async_trait]
impl lyceum_events::Publisher for Nowhere {
    async fn publish(&self, _: Vec<lyceum_events::Event>) -> Result<(), lyceum_events::PublishError> {
        Ok(())
    }
}

#[tokio::test]
async fn weaker_modes_take_what_the_server_has() {
    for mode in ["sslmode=prefer", "sslmode=disable", "channel_binding=prefer"] {
        open(&url("127.0.0.1", PASSWORD, mode).await).await;
    }
    let plain = PostgresServer::start().unwrap();
    open(&format!("{}?sslmode=prefer", plain.url())).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let url =
            format!("{}?sslmode={mode}&sslrootcert={}", plain.url(), server().await.authority().display());
        let reason = refusal(&url).await;
        assert!(reason.contains("server does not support TLS"), "{reason}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_show_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.pem");
    std::fs::write(&other, Authority::new().unwrap().pem()).unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for (host, parameters, expected) in [
        // Not even among those that the system trusts.
        ("localhost", "sslmode=require".to_owned(), "UnknownIssuer"),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={}", other.display()),
            "invalid peer certificate",
        ),
        ("127.0.0.1", "sslmode=verify-full&sslrootcert={}".into(), "not valid for name \"127.0.0.1\""),
        ("127.0.0.1", "sslmode=require&sslrootcert={}".into(), "not valid for name \"127.0.0.1\""),
        ("localhost", format!("sslmode=require&sslrootcert={}", empty.display()), "holds no certificate"),
        ("localhost", "sslmode=require&sslrootcert=/nowhere.pem".into(), "/nowhere.pem"),
    ] {
        let reason = refusal(&url(host, PASSWORD, &parameters).await).await;
        assert!(reason.contains(expected), "{parameters}: {reason}");
        assert!(!reason.contains(PASSWORD), "{reason}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let reason = refusal(&url("localhost", "wrong-horse", "sslmode=verify-full&sslrootcert={}").await).await;
    assert!(reason.contains("password authentication failed"), "{reason}");
    let server = server().await;
    let reason = refusal(&format!("postgres://visitor@127.0.0.1:{}/visited", server.port())).await;
    assert!(reason.contains("password"), "{reason}");
}

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_password_is_said_or_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let said = with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut said = Vec::new();
            let right = url("localhost", PASSWORD, "sslmode=verify-full&sslrootcert={}").await;
            let database = open(&right).await;
            database.transact(add("logged", "logged"), soon()).await.unwrap();
            said.push(format!("{database:?}"));
            for wrong in [
                url("127.0.0.1", PASSWORD, "sslmode=require&sslrootcert={}").await,
                url("nowhere.invalid", PASSWORD, "").await,
                right.replace("visitor:", "nobody:"),
                right.replace("/visited", "/missing"),
            ] {
                let database = connect(&wrong);
                let relay = database.spawn_relay(Arc::new(Nowhere));
                said.push(format!("{:?} {database:?}", refusal(&wrong).await));
                until("the relay fails, too", async || relay.statistics().errors.get() > 0).await;
                relay.shutdown().await;
            }
            said.concat()
        })
    });
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("events wait in the outbox"), "{logged}");
    assert!(!said.contains(PASSWORD), "{said}");
    assert!(!logged.contains(PASSWORD), "{logged}");
}

/// Not a test by itself: what a process does whose environment names its authorities.
#[tokio::test]
#[ignore = "run by the_environment_names_the_authorities"]
async fn connect_as_told() {
    let Ok(url) = std::env::var("LYCEUM_TEST_URL") else { return };
    let outcome = connect(&url).migrate(&tables()).await;
    println!("outcome: {outcome:?}");
}

#[tokio::test]
async fn the_environment_names_the_authorities() {
    let url = url("localhost", PASSWORD, "sslmode=verify-full").await;
    let run = |file: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tls::connect_as_told", "--ignored", "--nocapture"])
            .env("LYCEUM_TEST_URL", &url)
            .env("SSL_CERT_FILE", file)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let right = run(&server().await.authority().display().to_string());
    assert!(right.contains("outcome: Ok"), "{right}");
    let wrong = run("/nowhere.pem");
    assert!(wrong.contains("no certificate authority is trusted here"), "{wrong}");
    assert!(!wrong.contains(PASSWORD), "{wrong}");
}
