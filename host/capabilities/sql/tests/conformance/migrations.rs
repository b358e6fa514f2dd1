//! Migrations: applied once, in order, and never changed afterwards.

use lyceum_sql::{Error, Migration, MigrationError, Options};

use crate::subject::{Subject, migration, number, soon, statement, transaction};

fn three() -> [Migration; 3] {
    [
        migration("0001-a", "CREATE TABLE a (id TEXT PRIMARY KEY)"),
        migration("0002-b", "CREATE TABLE b (id TEXT PRIMARY KEY); INSERT INTO b (id) VALUES ('1');"),
        migration("0003-c", "ALTER TABLE b ADD COLUMN size BIGINT NOT NULL DEFAULT 7"),
    ]
}

pub(crate) async fn they_are_applied_once_and_in_order(subject: &dyn Subject) {
    let database = subject.connect(Options::default()).await;
    let [a, b, c] = three();
    assert_eq!(database.pending(&[a.clone(), b.clone()]).await.unwrap(), ["0001-a", "0002-b"]);
    // Whatever the order in which they are given.
    assert_eq!(database.migrate(&[b.clone(), a.clone()]).await.unwrap(), ["0001-a", "0002-b"]);
    // A statement that the backend has prepared goes on over the change.
    let all = || statement("SELECT * FROM b", vec![]);
    assert_eq!(database.query(vec![all()], soon()).await.unwrap()[0].columns, ["id"]);
    database.transact(transaction(vec![all()]), soon()).await.unwrap();
    assert_eq!(database.pending(&three()).await.unwrap(), ["0003-c"]);
    assert_eq!(database.migrate(&[a, b, c]).await.unwrap(), ["0003-c"]);
    assert_eq!(database.migrate(&three()).await.unwrap(), Vec::<String>::new());
    assert_eq!(database.pending(&three()).await.unwrap(), Vec::<String>::new());
    assert_eq!(number(&*database, "SELECT size FROM b", vec![]).await, 7);
    for _ in 0..8 {
        assert_eq!(database.query(vec![all()], soon()).await.unwrap()[0].columns, ["id", "size"]);
        database.transact(transaction(vec![all()]), soon()).await.unwrap();
    }
}

pub(crate) async fn an_edited_missing_or_late_one_is_refused(subject: &dyn Subject) {
    let database = subject.connect(Options::default()).await;
    let [a, b, c] = three();
    database.migrate(&[a.clone(), b.clone()]).await.unwrap();
    let edited = migration("0001-a", "CREATE TABLE a (id TEXT)");
    let late = migration("0001-b", "CREATE TABLE d (id TEXT)");
    for (given, error) in [
        (vec![edited, b.clone(), c.clone()], MigrationError::Edited("0001-a".into())),
        (vec![b.clone(), c.clone()], MigrationError::Missing("0001-a".into())),
        (
            vec![a.clone(), late, b.clone(), c],
            MigrationError::OutOfOrder { id: "0001-b".into(), applied: "0002-b".into() },
        ),
        (vec![a.clone(), b.clone(), b.clone()], MigrationError::Id("0002-b".into())),
        (vec![a, b, migration("", "CREATE TABLE d (id TEXT)")], MigrationError::Id(String::new())),
    ] {
        assert_eq!(database.migrate(&given).await, Err(error.clone()));
        assert_eq!(database.pending(&given).await, Err(error));
    }
    assert_eq!(subject.look("SELECT count(*) FROM lyceum_migration").await, 2);
}

pub(crate) async fn a_failing_one_leaves_nothing(subject: &dyn Subject) {
    let database = subject.connect(Options::default()).await;
    let [a, ..] = three();
    let broken = migration("0002-b", "CREATE TABLE b (id TEXT); INSERT INTO none (id) VALUES ('1')");
    let outcome = database.migrate(&[a.clone(), broken]).await;
    let Err(MigrationError::Failed { id, error: Error::Invalid(_) }) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(id, "0002-b");
    assert_eq!(database.migrate(&[a, three()[1].clone()]).await.unwrap(), ["0002-b"]);
}

pub(crate) async fn several_hosts_may_migrate_at_once(subject: &dyn Subject) {
    let hosts = [
        subject.connect(Options::default()).await,
        subject.connect(Options::default()).await,
        subject.connect(Options::default()).await,
    ];
    let migrating = hosts.map(|host| tokio::spawn(async move { host.migrate(&three()).await }));
    let mut applied = Vec::new();
    for host in migrating {
        applied.extend(host.await.unwrap().unwrap());
    }
    applied.sort();
    assert_eq!(applied, ["0001-a", "0002-b", "0003-c"]);
}

pub(crate) async fn old_code_runs_on_a_newer_schema(subject: &dyn Subject) {
    let database = subject.connect(Options::default()).await;
    database.migrate(&three()).await.unwrap();
    let [a, b, _] = three();
    assert_eq!(database.pending(&[a.clone(), b.clone()]).await.unwrap(), Vec::<String>::new());
    assert_eq!(database.migrate(&[a, b]).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn reserved_names_are_refused(subject: &dyn Subject) {
    let database = subject.connect(Options::default()).await;
    for sql in [
        "CREATE TABLE lyceum_more (id TEXT)",
        "DELETE FROM lyceum_outbox",
        "CREATE TABLE a (id TEXT); COMMIT; DROP TABLE a",
        "SET search_path TO public",
        "PRAGMA foreign_keys = OFF",
        "",
    ] {
        let outcome = database.migrate(&[migration("0001-a", sql)]).await;
        assert!(matches!(outcome, Err(MigrationError::Invalid { .. })), "{sql}: {outcome:?}");
    }
}
