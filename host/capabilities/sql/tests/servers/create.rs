//! A database for each service, made when it is missing.

use std::sync::Arc;

use lyceum_private_servers::{PostgresServer, Server as _};
use lyceum_sql::{Backend, Database, Error, Options, PostgresDatabase};
use tokio::sync::OnceCell;

use crate::things::{add, ids, soon, superuser, tables};

async fn server() -> &'static PostgresServer {
    static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            let server = PostgresServer::start().unwrap();
            let client = superuser(&server, "postgres").await;
            client
                .batch_execute("CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE visitor LOGIN")
                .await
                .unwrap();
            server
        })
        .await
}

async fn connect(role: &str, database: &str, create_database: bool) -> Arc<PostgresDatabase> {
    let url = format!("postgres://{role}@127.0.0.1:{}/{database}", server().await.port());
    PostgresDatabase::connect(&url, "things", Options { create_database, ..Options::default() }).unwrap()
}

async fn exists(name: &str) -> bool {
    let client = superuser(server().await, "postgres").await;
    let sql = "SELECT count(*) FROM pg_database WHERE datname = $1";
    client.query_one(sql, &[&name]).await.unwrap().get::<_, i64>(0) == 1
}

#[tokio::test]
async fn migrating_makes_it_with_collation_c() {
    let database = connect("maker", "lyceum_shop-front", true).await;
    assert_eq!(database.pending(&tables()).await.unwrap(), ["0001"]);
    assert!(!exists("lyceum_shop-front").await, "looking changes nothing");
    assert_eq!(database.migrate(&tables()).await.unwrap(), ["0001"]);
    assert_eq!(database.migrate(&tables()).await.unwrap(), [""; 0]);
    for id in ["b", "a", "B", "\u{e9}"] {
        database.transact(add(id, id), soon()).await.unwrap();
    }
    assert_eq!(ids(&*database).await.unwrap(), ["B", "a", "b", "\u{e9}"]);
    let client = superuser(server().await, "lyceum_shop-front").await;
    let sql = "SELECT datcollate || ' ' || datctype || ' ' || pg_encoding_to_char(encoding) FROM pg_database
        WHERE datname = current_database()";
    assert_eq!(client.query_one(sql, &[]).await.unwrap().get::<_, String>(0), "C C UTF8");
}

#[tokio::test]
async fn only_a_services_own_is_made() {
    let database = connect("maker", "mistyped", false).await;
    for error in
        [database.migrate(&tables()).await.unwrap_err(), database.pending(&tables()).await.unwrap_err()]
    {
        assert!(error.to_string().contains("database \"mistyped\" does not exist"), "{error}");
    }
    let outcome = connect("maker", "mistyped", true).await.transact(add("a", "a"), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    assert!(!exists("mistyped").await);
}

#[tokio::test]
async fn a_role_that_may_not_make_it_is_told_what_to_do() {
    let error =
        connect("visitor", "lyceum_library", true).await.migrate(&tables()).await.unwrap_err().to_string();
    for part in ["\"lyceum_library\" is missing", "CREATEDB", "CREATE DATABASE \"lyceum_library\""] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!exists("lyceum_library").await);
}

/// One that may enter the database, but make nothing in it.
#[tokio::test]
async fn a_role_that_may_not_make_a_schema_is_told() {
    connect("maker", "lyceum_closed", true).await.migrate(&tables()).await.unwrap();
    let url = format!("postgres://visitor@127.0.0.1:{}/lyceum_closed", server().await.port());
    let other = PostgresDatabase::connect(&url, "other", Options::default()).unwrap();
    let error = other.migrate(&tables()).await.unwrap_err().to_string();
    assert!(error.contains("permission denied for database lyceum_closed"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_hosts_may_make_it_at_once() {
    let mut hosts = Vec::new();
    for _ in 0..6 {
        let database = connect("maker", "lyceum_popular", true).await;
        hosts.push(tokio::spawn(async move { database.migrate(&tables()).await.unwrap().len() }));
    }
    let mut applied = 0;
    for host in hosts {
        applied += host.await.unwrap();
    }
    assert_eq!(applied, 1);
}
