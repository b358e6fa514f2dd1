//! Statements: what they return, when they fail, what they may not do.

use std::time::{Duration, Instant};

use lyceum_sql::{Error, Limits, Options, Rows, Value};

use crate::subject::{Subject, committed, insert, number, soon, statement, text, things, transaction};

pub(crate) async fn rows_and_columns_come_back_in_order(subject: &dyn Subject) {
    let database = subject.open().await;
    let outcome = database.transact(
        transaction(vec![
            insert("a", 1),
            insert("b", 2),
            statement("UPDATE things SET number = number + 10 WHERE number >= $1", vec![Value::Integer(1)]),
            statement("SELECT number AS n, id FROM things ORDER BY id DESC", vec![]),
            statement("INSERT INTO things (id, label) VALUES ('c', 'c'), ('d', 'd') RETURNING id", vec![]),
            statement("INSERT INTO things (id, label) VALUES ('c', 'c') ON CONFLICT (id) DO NOTHING", vec![]),
            statement("SELECT id FROM things WHERE id = 'none'", vec![]),
        ]),
        soon(),
    );
    let rows = committed(outcome.await.unwrap());
    let affected: Vec<u64> = rows.iter().map(|rows| rows.affected).collect();
    assert_eq!(affected, [1, 1, 2, 0, 2, 0, 0]);
    assert_eq!(
        rows[3],
        Rows {
            columns: vec!["n".into(), "id".into()],
            rows: vec![vec![Value::Integer(12), text("b")], vec![Value::Integer(11), text("a")]],
            affected: 0,
        }
    );
    assert_eq!(rows[4].rows, [[text("c")], [text("d")]]);
    assert_eq!((rows[6].columns.as_slice(), rows[6].rows.len()), (["id".to_owned()].as_slice(), 0));
}

pub(crate) async fn placeholders_may_repeat_and_stand_in_any_order(subject: &dyn Subject) {
    let database = subject.open().await;
    let add = statement(
        "INSERT INTO things (number, id, label) VALUES ($2, $1, $1)",
        vec![text("a"), Value::Integer(7)],
    );
    database.transact(transaction(vec![add]), soon()).await.unwrap();
    let sql = "SELECT number FROM things WHERE label = $1 AND id = $1 AND number > $2";
    assert_eq!(number(&*database, sql, vec![text("a"), Value::Integer(6)]).await, 7);
}

pub(crate) async fn an_expectation_that_fails_undoes_everything(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    let expecting = |sql: &str, expected| {
        let mut statement = statement(sql, vec![]);
        statement.expect_rows = Some(expected);
        statement
    };
    for wrong in [
        expecting("UPDATE things SET number = 2 WHERE id = 'none'", 1),
        expecting("UPDATE things SET number = 2", 0),
        expecting("SELECT id FROM things WHERE id = 'none'", 1),
        expecting("DELETE FROM things RETURNING id", 1),
    ] {
        let outcome = database.transact(transaction(vec![insert("b", 2), wrong.clone()]), soon()).await;
        assert_eq!(outcome, Err(Error::Expectation(1)), "{wrong:?}");
    }
    assert_eq!(things(&*database).await, 1);
    let right = vec![
        expecting("UPDATE things SET number = 2 WHERE id = 'a'", 1),
        expecting("SELECT id FROM things", 1),
        expecting("SELECT id FROM things WHERE id = 'none'", 0),
    ];
    database.transact(transaction(right), soon()).await.unwrap();
    let query = database.query(vec![expecting("SELECT id FROM things", 2)], soon()).await;
    assert_eq!(query, Err(Error::Expectation(0)));
}

pub(crate) async fn constraints_are_named(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    for (sql, error) in [
        ("INSERT INTO things (id, label) VALUES ('a', 'x')", Error::Unique("things.id".into())),
        (
            "INSERT INTO things (id, label, number) VALUES ('x', 'a', 1)",
            Error::Unique("things.label,number".into()),
        ),
        ("INSERT INTO things (id) VALUES ('x')", Error::NotNull("things.label".into())),
        ("UPDATE things SET number = 0 - 1", Error::Check("number_is_natural".into())),
    ] {
        let outcome = database.transact(transaction(vec![statement(sql, vec![])]), soon()).await;
        assert_eq!(outcome, Err(error), "{sql}");
    }
    for sql in ["INSERT INTO parts (id, thing) VALUES ('p', 'none')"] {
        let outcome = database.transact(transaction(vec![statement(sql, vec![])]), soon()).await;
        assert!(matches!(outcome, Err(Error::ForeignKey(_))), "{sql}: {outcome:?}");
    }
    // A connection that saw an error serves the next caller.
    database.transact(transaction(vec![insert("b", 2)]), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 2);
}

pub(crate) async fn what_is_wrong_with_a_statement_is_invalid(subject: &dyn Subject) {
    let database = subject.open().await;
    for (sql, params) in [
        ("SELEC 1", vec![]),
        ("SELECT * FROM no_such_table", vec![]),
        ("SELECT no_such_column FROM things", vec![]),
        ("SELECT \"no_such_column\" FROM things", vec![]),
        ("SELECT id FROM things; SELECT id FROM things", vec![]),
        ("SELECT id FROM things WHERE id = $1", vec![]),
        ("SELECT id FROM things WHERE id = $1", vec![text("a"), text("b")]),
        ("SELECT id FROM things WHERE id = $1", vec![text("a\0b")]),
        ("SELECT id FROM things WHERE share = $1", vec![Value::Float(f64::NAN)]),
        ("DROP TABLE things", vec![]),
    ] {
        let outcome = database.query(vec![statement(sql, params.clone())], soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql} {params:?}: {outcome:?}");
        let outcome =
            database.transact(transaction(vec![insert("a", 1), statement(sql, params)]), soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql}: {outcome:?}");
    }
    assert_eq!(things(&*database).await, 0);
}

pub(crate) async fn reserved_names_are_out_of_reach(subject: &dyn Subject) {
    let database = subject.open().await;
    for sql in [
        "SELECT * FROM lyceum_outbox",
        "SELECT * FROM \"lyceum_once\"",
        "SELECT id FROM things WHERE EXISTS (SELECT 1 FROM Lyceum_Migration)",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pg_class",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM main.things",
        "SELECT * FROM public.things",
    ] {
        let outcome = database.query(vec![statement(sql, vec![])], soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql}: {outcome:?}");
    }
    for sql in ["DELETE FROM lyceum_sequence", "UPDATE lyceum_once SET key = 'x'"] {
        let outcome = database.transact(transaction(vec![statement(sql, vec![])]), soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql}: {outcome:?}");
    }
}

pub(crate) async fn limits_hold(subject: &dyn Subject) {
    let limits = Limits {
        statements: 3,
        text_bytes: 300,
        params: 3,
        request_bytes: 1000,
        events: 2,
        rows: 4,
        result_bytes: 2000,
    };
    let database = subject.open_with(Options { limits, ..Options::default() }).await;
    let add = |ids: &[&str]| transaction(ids.iter().map(|id| insert(id, 1)).collect());
    database.transact(add(&["a", "b", "c"]), soon()).await.unwrap();
    let large =
        |outcome: Result<_, Error>| assert!(matches!(outcome, Err(Error::TooLarge(_))), "{outcome:?}");
    large(database.transact(add(&["d", "e", "f", "g"]), soon()).await);
    large(database.transact(add(&["d", &"e".repeat(1000)]), soon()).await);
    let long = format!("SELECT id FROM things WHERE id = '{}'", "x".repeat(300));
    large(database.transact(transaction(vec![statement(&long, vec![])]), soon()).await);
    let many = statement("SELECT $1, $2, $3, $4", vec![Value::Integer(1); 4]);
    large(database.transact(transaction(vec![many]), soon()).await);
    let mut events = transaction(vec![insert("d", 1)]);
    events.events = ["1", "2", "3"].map(|id| crate::subject::event(id, "a")).into();
    large(database.transact(events, soon()).await);
    let all = statement("SELECT id FROM things", vec![]);
    database.query(vec![all.clone()], soon()).await.unwrap();
    large(
        database
            .query(vec![all.clone(), all.clone()], soon())
            .await
            .map(|_| lyceum_sql::Outcome::Committed(vec![])),
    );
    large(database.transact(transaction(vec![insert("d", 1), all.clone(), all]), soon()).await);
    let wide = "x".repeat(900);
    let fill = statement("UPDATE things SET label = label || $1", vec![text(&wide)]);
    database.transact(transaction(vec![fill]), soon()).await.unwrap();
    let wide = statement("SELECT label FROM things", vec![]);
    large(database.transact(transaction(vec![insert("d", 1), wide]), soon()).await);
    assert_eq!(things(&*database).await, 3);
}

pub(crate) async fn a_query_cannot_write(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    for sql in [
        "DELETE FROM things",
        "UPDATE things SET number = 5 RETURNING id",
        "WITH gone AS (DELETE FROM things RETURNING id) SELECT id FROM gone",
        "SELECT * INTO copies FROM things",
    ] {
        let outcome = database.query(vec![statement(sql, vec![])], soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql}: {outcome:?}");
    }
    assert_eq!(number(&*database, "SELECT number FROM things", vec![]).await, 1);
}

pub(crate) async fn a_query_sees_one_snapshot(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 0), insert("b", 0)]), soon()).await.unwrap();
    let writer = database.clone();
    let writing = tokio::spawn(async move {
        let both = statement("UPDATE things SET number = number + 1", vec![]);
        for _ in 0..200 {
            writer.transact(transaction(vec![both.clone()]), soon()).await.unwrap();
        }
    });
    let read = |id| statement("SELECT number FROM things WHERE id = $1", vec![text(id)]);
    while !writing.is_finished() {
        let rows = database.query(vec![read("a"), read("b")], soon()).await.unwrap();
        assert_eq!(rows[0].rows, rows[1].rows);
    }
    writing.await.unwrap();
}

/// A statement that would run for very long.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
    SELECT CAST(count(*) AS BIGINT) FROM n";

pub(crate) async fn deadlines_hold(subject: &dyn Subject) {
    let database = subject.open().await;
    let past = Instant::now();
    assert_eq!(database.transact(transaction(vec![insert("a", 1)]), past).await, Err(Error::Timeout));
    let begun = Instant::now();
    let short = || Instant::now() + Duration::from_millis(200);
    let outcome = database.query(vec![statement(ENDLESS, vec![])], short()).await;
    assert_eq!(outcome, Err(Error::Timeout));
    let endless = transaction(vec![insert("b", 1), statement(ENDLESS, vec![])]);
    let (stuck, beside) = tokio::join!(
        database.transact(endless, short()),
        database.transact(transaction(vec![insert("c", 1)]), soon())
    );
    assert_eq!(stuck, Err(Error::Timeout));
    beside.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    database.transact(transaction(vec![insert("d", 1)]), soon()).await.unwrap();
    assert_eq!(things(&*database).await, 2);
}

pub(crate) async fn answers_survive_reopening(subject: &dyn Subject) {
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    drop(database);
    let database = subject.open().await;
    assert_eq!(things(&*database).await, 1);
}
