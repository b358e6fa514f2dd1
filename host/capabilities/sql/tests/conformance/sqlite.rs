//! SQLite: files that are locked, gone, broken or full, and the batching of commits.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::FutureExt;
use lyceum_sql::rebuild::{Generation, RebuildError};
use lyceum_sql::{Backend, Error, Options, SqliteDatabase, Transaction, Value};
use tempfile::TempDir;

use crate::subject::{
    Subject, event, insert, migration, number, soon, statement, tables, text, things, transaction, until,
};

pub(crate) struct SqliteSubject {
    folder: TempDir,
}

impl SqliteSubject {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("things.db")
    }
}

#[async_trait]
impl Subject for SqliteSubject {
    async fn connect(&self, options: Options) -> Arc<dyn Backend> {
        SqliteDatabase::open(&self.path(), "things", options).unwrap()
    }

    async fn generation(&self) -> Result<Generation, RebuildError> {
        Generation::sqlite(&self.path(), "things", &tables(), Options::default()).await
    }

    async fn hold_writers(&self) -> Box<dyn Send> {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        Box::new(connection)
    }

    async fn look(&self, sql: &str) -> i64 {
        rusqlite::Connection::open(self.path()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// Handing it to another thread would cost more than the read itself.
#[tokio::test]
async fn a_short_read_is_done_where_it_is_asked_for() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    let short = statement("SELECT count(*) FROM things", vec![]);
    let rows = database.query(vec![short], soon()).now_or_never().expect("no other thread").unwrap();
    assert_eq!(rows[0].rows[0][0], Value::Integer(1));
}

/// The test has one thread: if a long read kept it, the other future would get no turn.
#[tokio::test]
async fn a_long_read_leaves_its_caller_free() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    for _ in 0..2 {
        let count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
                     SELECT count(*) FROM n";
        let turns = AtomicU64::new(0);
        let others = async {
            loop {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        };
        let rows = tokio::select! {
            rows = database.query(vec![statement(count, vec![])], soon()) => rows.unwrap(),
            () = others => unreachable!("it has no end"),
        };
        assert_eq!(rows[0].rows[0][0], Value::Integer(1_000_000));
        assert!(turns.load(Ordering::Relaxed) > 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_writers_share_commits() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    let before = (database.statistics().commits.get(), database.statistics().batches.get());
    let writers: Vec<_> = (0..64)
        .map(|writer| {
            let database = Arc::clone(&database);
            tokio::spawn(async move {
                for round in 0..20 {
                    let id = format!("{writer}-{round}");
                    let events = vec![event(&id, &id)];
                    let add = Transaction { events, ..transaction(vec![insert(&id, 1)]) };
                    database.transact(add, soon()).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let commits = database.statistics().commits.get() - before.0;
    let batches = database.statistics().batches.get() - before.1;
    assert_eq!(commits, 1280);
    assert!(batches * 2 < commits, "{batches} batches for {commits} commits");
}

/// One of a batch that breaks, is interrupted or comes too late doesn't harm the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_innocent_of_a_batch_commit() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    let deferred = "CREATE TABLE late (id TEXT PRIMARY KEY, thing TEXT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)";
    let mut migrations = crate::subject::tables();
    migrations.push(migration("0002-late", deferred));
    database.migrate(&migrations).await.unwrap();
    let work = (0..120).map(|index| {
        let database = Arc::clone(&database);
        tokio::spawn(async move {
            let id = format!("i{index}");
            match index % 6 {
                0 => {
                    let orphan = statement("INSERT INTO late (id, thing) VALUES ($1, 'none')", vec![text(&id)]);
                    let outcome = database.transact(transaction(vec![orphan]), soon()).await;
                    assert_eq!(outcome, Err(Error::ForeignKey(String::new())));
                }
                1 => {
                    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
                        INSERT INTO things (id, label) SELECT 'never', 'never' FROM n WHERE i = 0 OR i = 1000000000";
                    let short = Instant::now() + Duration::from_millis(100);
                    let outcome = database.transact(transaction(vec![statement(endless, vec![])]), short).await;
                    assert_eq!(outcome, Err(Error::Timeout));
                }
                2 => {
                    let outcome = database.transact(transaction(vec![insert(&id, 1), insert(&id, 1)]), soon()).await;
                    assert!(matches!(outcome, Err(Error::Unique(_))), "{outcome:?}");
                }
                _ => {
                    database.transact(transaction(vec![insert(&id, 1)]), soon()).await.unwrap();
                }
            }
        })
    });
    for task in work.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(things(&*database).await, 60);
}

#[tokio::test]
async fn a_locked_file_is_unavailable_until_it_is_free() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    let other = rusqlite::Connection::open(subject.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let short = Instant::now() + Duration::from_millis(100);
    assert_eq!(database.transact(transaction(vec![insert("a", 1)]), short).await, Err(Error::Timeout));
    let outcome = database.transact(transaction(vec![insert("b", 1)]), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    assert_eq!(things(&*database).await, 0, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    database.transact(transaction(vec![insert("c", 1)]), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 1);
}

fn move_database(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if name(from).exists() {
            std::fs::rename(name(from), name(to)).unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_unavailable_until_it_is_back() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    let away = subject.folder.path().join("away.db");
    move_database(&subject.path(), &away);
    let outcome = database.transact(transaction(vec![insert("b", 1)]), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    let outcome = database.query(vec![statement("SELECT id FROM things", vec![])], soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    assert!(!subject.path().exists(), "an empty file would look like lost data");
    move_database(&away, &subject.path());
    database.transact(transaction(vec![insert("b", 1)]), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 2);
}

#[tokio::test]
async fn a_corrupt_file_is_unavailable() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    let away = subject.folder.path().join("away.db");
    move_database(&subject.path(), &away);
    std::fs::write(subject.path(), [7; 8192]).unwrap();
    let outcome = database.transact(transaction(vec![insert("b", 1)]), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    let outcome = database.query(vec![statement("SELECT id FROM things", vec![])], soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    move_database(&away, &subject.path());
    database.transact(transaction(vec![insert("b", 1)]), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 2);
}

#[tokio::test]
async fn a_full_file_refuses_only_what_has_no_room() {
    let subject = SqliteSubject::new();
    let database = subject.open_with(Options { maximum_bytes: Some(512 * 1024), ..Options::default() }).await;
    let large = "x".repeat(40_000);
    let add = |id: String| {
        let sql = "INSERT INTO things (id, label) VALUES ($1, $2)";
        transaction(vec![statement(sql, vec![text(&id), text(&large)])])
    };
    let mut kept = 0;
    until("the file is full", async || match database.transact(add(format!("a{kept}")), soon()).await {
        Ok(_) => {
            kept += 1;
            false
        }
        Err(error) => {
            assert_eq!(error, Error::StorageFull);
            true
        }
    })
    .await;
    assert_eq!(things(&*database).await, kept);
    let free = statement("DELETE FROM things WHERE id <> 'a0'", vec![]);
    database.transact(transaction(vec![free]), soon()).await.unwrap();
    database.transact(add("b".into()), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 2);
}

#[tokio::test]
async fn a_missing_folder_is_an_error_and_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = SqliteDatabase::open(&folder.path().join("none/things.db"), "things", Options::default());
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
}

/// A caller that stops waiting leaves nothing behind that would hold others up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_may_go_at_any_time() {
    let subject = SqliteSubject::new();
    let database = subject.open().await;
    for index in 0..200 {
        let transact = database.transact(transaction(vec![insert(&format!("x{index}"), 1)]), soon());
        let _ = tokio::time::timeout(Duration::from_micros(index), transact).await;
    }
    database.transact(transaction(vec![insert("last", 1)]), soon()).await.unwrap();
    assert_eq!(number(&*database, "SELECT number FROM things WHERE id = 'last'", vec![]).await, 1);
}

/// Older versions numbered the outbox anew whenever it was empty.
#[tokio::test]
async fn an_outbox_of_an_older_version_keeps_its_events_and_never_reuses_a_position() {
    let subject = SqliteSubject::new();
    let older = rusqlite::Connection::open(subject.path()).unwrap();
    older
        .execute_batch(
            "CREATE TABLE lyceum_outbox (position INTEGER PRIMARY KEY, partition BIGINT NOT NULL,
                 id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, aggregate_type TEXT NOT NULL,
                 aggregate_id TEXT NOT NULL, sequence BIGINT NOT NULL, body TEXT NOT NULL);
             INSERT INTO lyceum_outbox VALUES (7, 0, 'e1', 'k', 't', 'a', 1, '{}'), (9, 0, 'e2', 'k', 't', 'a', 2, '{}');",
        )
        .unwrap();
    drop(older);
    for _ in 0..2 {
        let database = subject.open().await;
        assert_eq!(
            subject.look("SELECT group_concat(id || position) = 'e17,e29' FROM lyceum_outbox").await,
            1
        );
        drop(database);
    }
    let database = subject.open().await;
    let look = rusqlite::Connection::open(subject.path()).unwrap();
    look.execute("DELETE FROM lyceum_outbox", []).unwrap();
    let add = Transaction { events: vec![event("e3", "b")], ..transaction(vec![insert("b", 1)]) };
    database.transact(add, soon()).await.unwrap();
    assert_eq!(subject.look("SELECT position FROM lyceum_outbox").await, 10);
}
