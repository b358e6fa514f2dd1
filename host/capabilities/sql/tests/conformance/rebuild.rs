//! Tables that are made anew beside the live ones, and put in their place.

use std::time::{Duration, Instant};

use lyceum_sql::rebuild::{Generation, RebuildError, Table};
use lyceum_sql::{Error, Value};

use crate::subject::{Subject, insert, migration, number, soon, statement, tables, text, transaction, until};

const PATIENCE: Duration = Duration::from_mins(1);

async fn both(generation: &Generation) -> [Table; 2] {
    [generation.table("things").await.unwrap(), generation.table("parts").await.unwrap()]
}

/// The live database has 1 as it should be, 2 with another number, and 3 that is too many; the generation has 4 besides.
async fn filled(subject: &dyn Subject) -> Generation {
    let live = subject.open().await;
    let part = |id: &str, thing: &str| {
        statement("INSERT INTO parts (id, thing) VALUES ($1, $2)", vec![text(id), text(thing)])
    };
    let rows = vec![insert("1", 1), insert("2", 7), insert("3", 3), part("a", "3"), part("b", "1")];
    live.transact(transaction(rows), soon()).await.unwrap();
    let generation = subject.generation().await.unwrap();
    let rows = vec![insert("1", 1), insert("2", 2), insert("4", 4), part("b", "1"), part("c", "4")];
    generation.database().transact(transaction(rows), soon()).await.unwrap();
    generation
}

pub(crate) async fn a_generation_takes_the_place_of_the_live_rows_at_once(subject: &dyn Subject) {
    let mut generation = filled(subject).await;
    let live = subject.open().await;
    let tables = both(&generation).await;
    let found = generation.differences(&tables).await.unwrap();
    let counts: Vec<_> = found.iter().map(|found| (found.rows, found.written, found.removed)).collect();
    assert_eq!(counts, [(3, 2, 1), (2, 1, 1)]);
    generation.hold(&tables, PATIENCE).await.unwrap();
    // What is delivered last comes along.
    let last = statement("UPDATE things SET share = $1 WHERE id = '1'", vec![Value::Float(0.5)]);
    generation.database().transact(transaction(vec![last]), soon()).await.unwrap();
    assert_eq!(generation.replace(&tables).await.unwrap()[0].written, 3);
    let second = "SELECT number FROM things WHERE id = '2'";
    assert_eq!(number(&*live, second, vec![]).await, 7, "others read what was there");
    let write = live.transact(transaction(vec![insert("5", 5)]), Instant::now() + Duration::from_millis(300));
    assert!(write.await.is_err(), "others wait with their writes");
    generation.commit().await.unwrap();
    assert_eq!(number(&*live, second, vec![]).await, 2);
    let ids = "SELECT CAST(COUNT(*) AS BIGINT) FROM things WHERE id IN ('1', '2', '4')";
    let others = "SELECT CAST(COUNT(*) AS BIGINT) FROM things WHERE id = '3'";
    assert_eq!((number(&*live, ids, vec![]).await, number(&*live, others, vec![]).await), (3, 0));
    let parts = "SELECT CAST(COUNT(*) AS BIGINT) FROM parts WHERE id IN ('b', 'c')";
    assert_eq!(number(&*live, parts, vec![]).await, 2);
    assert!(generation.differences(&tables).await.unwrap().iter().all(|found| found.written == 0));
    generation.remove().await.unwrap();
    live.transact(transaction(vec![insert("6", 6)]), soon()).await.unwrap();
}

pub(crate) async fn what_refers_to_a_row_keeps_it_where_it_is(subject: &dyn Subject) {
    let live = subject.open().await;
    let part = statement("INSERT INTO parts (id, thing) VALUES ('a', '1')", vec![]);
    live.transact(transaction(vec![insert("1", 7), part]), soon()).await.unwrap();
    let mut generation = subject.generation().await.unwrap();
    generation.database().transact(transaction(vec![insert("1", 1)]), soon()).await.unwrap();
    // `parts` is the service's own here.
    let tables = [generation.table("things").await.unwrap()];
    generation.hold(&tables, PATIENCE).await.unwrap();
    generation.replace(&tables).await.unwrap();
    generation.commit().await.unwrap();
    let joined = "SELECT number FROM parts JOIN things ON things.id = thing";
    assert_eq!(number(&*live, joined, vec![]).await, 1);
}

pub(crate) async fn one_that_ends_early_changes_nothing_and_the_next_is_empty(subject: &dyn Subject) {
    let mut generation = filled(subject).await;
    let live = subject.open().await;
    let tables = both(&generation).await;
    generation.hold(&tables, PATIENCE).await.unwrap();
    generation.replace(&tables).await.unwrap();
    generation.let_go().await.unwrap();
    drop(generation);
    assert_eq!(number(&*live, "SELECT number FROM things WHERE id = '2'", vec![]).await, 7);
    // The session of one that was dropped may end a moment later.
    let mut next = None;
    until("the next one begins", async || {
        next = subject.generation().await.ok();
        next.is_some()
    })
    .await;
    let next = next.unwrap();
    assert!(next.filled().await.unwrap().values().all(|rows| *rows == 0));
    next.remove().await.unwrap();
}

pub(crate) async fn two_generations_at_once_are_refused(subject: &dyn Subject) {
    let first = filled(subject).await;
    let second = subject.generation().await.err();
    assert_eq!(second, Some(RebuildError::InUse("things".into())));
    assert_eq!(first.filled().await.unwrap()["things"], 3, "the first one is as it was");
    first.remove().await.unwrap();
    subject.generation().await.unwrap().remove().await.unwrap();
}

pub(crate) async fn live_tables_are_held_once_nobody_writes_to_them(subject: &dyn Subject) {
    let mut generation = filled(subject).await;
    let tables = both(&generation).await;
    let other = subject.hold_writers().await;
    let refused = generation.hold(&tables, Duration::from_millis(50)).await;
    assert_eq!(refused, Err(Error::Conflict));
    drop(other);
    generation.hold(&tables, PATIENCE).await.unwrap();
}

pub(crate) async fn tables_are_known_by_name_and_need_a_key(subject: &dyn Subject) {
    subject.open().await;
    let generation = subject.generation().await.unwrap();
    let refused = |name| RebuildError::NoTable(String::from(name));
    assert_eq!(generation.table("thing").await, Err(refused("thing")));
    assert_eq!(generation.table("things; DROP").await, Err(refused("things; DROP")));
    let mut all = tables();
    all.push(migration("0002-notes", "CREATE TABLE notes (note TEXT)"));
    let made = lyceum_sql::rebuild::tables(&all).unwrap();
    assert_eq!(made.keys().collect::<Vec<_>>(), ["notes", "parts", "things"]);
    assert!(!made["notes"][0].in_key && made["parts"][0].in_key);
}
