//! Transactions beside each other: as if one after the other.

use std::sync::Arc;

use lyceum_sql::{Error, Value};

use crate::subject::{Subject, insert, number, soon, statement, text, transaction};

pub(crate) async fn counters_lose_nothing(subject: &dyn Subject) {
    let database = subject.open().await;
    let beside = subject.open().await;
    database.transact(transaction(vec![insert("a", 0)]), soon()).await.unwrap();
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let database = Arc::clone(if worker % 2 == 0 { &database } else { &beside });
            tokio::spawn(async move {
                for _ in 0..25 {
                    let add =
                        statement("UPDATE things SET number = number + 1 WHERE id = $1", vec![text("a")]);
                    database.transact(transaction(vec![add]), soon()).await.unwrap();
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(number(&*database, "SELECT number FROM things", vec![]).await, 200);
}

/// Two on duty; each may leave while another stays. Both at once may not.
pub(crate) async fn write_skew_cannot_happen(subject: &dyn Subject) {
    let database = subject.open().await;
    let both = vec![insert("a", 1), insert("b", 1)];
    database.transact(transaction(both), soon()).await.unwrap();
    let leave = |id: &str| {
        let others = statement("SELECT id FROM things WHERE id <> $1 AND number = 1", vec![text(id)]);
        let others = lyceum_sql::Statement { expect_rows: Some(1), ..others };
        let go = statement("UPDATE things SET number = 0 WHERE id = $1", vec![text(id)]);
        database.transact(transaction(vec![others, go]), soon())
    };
    for round in 0..50 {
        let outcomes = tokio::join!(leave("a"), leave("b"));
        let left = [&outcomes.0, &outcomes.1].iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(left, 1, "round {round}: {outcomes:?}");
        for outcome in [outcomes.0, outcomes.1] {
            assert!(matches!(outcome, Ok(_) | Err(Error::Expectation(0))), "{outcome:?}");
        }
        let on_duty = "SELECT CAST(count(*) AS BIGINT) FROM things WHERE number = $1";
        assert_eq!(number(&*database, on_duty, vec![Value::Integer(1)]).await, 1);
        let back = statement("UPDATE things SET number = 1", vec![]);
        database.transact(transaction(vec![back]), soon()).await.unwrap();
    }
}
