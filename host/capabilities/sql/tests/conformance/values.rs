//! Values: what a service stored is what it reads.

use bytes::Bytes;
use lyceum_sql::{Backend, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::subject::{Subject, soon, statement, text, transaction};

const COLUMNS: &str = "number, share, truth, body, label";

async fn round_trip(database: &dyn Backend, values: &[Value]) -> Vec<Value> {
    let clear = statement("DELETE FROM things", vec![]);
    let sql =
        format!("INSERT INTO things (id, {COLUMNS}) VALUES ('a', $1, $2, $3, $4, $5) RETURNING {COLUMNS}");
    let outcome = database.transact(transaction(vec![clear, statement(&sql, values.to_vec())]), soon()).await;
    let returned = crate::subject::committed(outcome.unwrap()).remove(1).rows.remove(0);
    let read = statement(&format!("SELECT {COLUMNS} FROM things"), vec![]);
    let read = database.query(vec![read], soon()).await.unwrap().remove(0).rows.remove(0);
    assert_eq!(returned, read);
    read
}

/// A truth value may come back as an integer, as the interface says.
fn same(stored: &Value, read: &Value) -> bool {
    match (stored, read) {
        (Value::Boolean(truth), Value::Integer(number)) => i64::from(*truth) == *number,
        _ => stored == read,
    }
}

pub(crate) async fn values_come_back_as_they_went_in(subject: &dyn Subject) {
    let database = subject.open().await;
    for values in [
        [
            Value::Integer(i64::MAX),
            Value::Float(-0.5),
            Value::Boolean(true),
            Value::Bytes(Bytes::new()),
            text(""),
        ],
        [Value::Null, Value::Null, Value::Null, Value::Null, text("x")],
        [
            Value::Integer(0),
            Value::Float(f64::INFINITY),
            Value::Boolean(false),
            Value::Bytes(Bytes::from_static(&[0, 255, 0])),
            text("naïve 🎓 '\"$1\\"),
        ],
    ] {
        let read = round_trip(&*database, &values).await;
        assert!(values.iter().zip(&read).all(|(stored, read)| same(stored, read)), "{values:?} {read:?}");
    }
    // Integers stand for truth values, and truth values for integers.
    let lenient = [Value::Boolean(true), Value::Integer(2), Value::Integer(1), Value::Null, text("x")];
    let read = round_trip(&*database, &lenient).await;
    assert_eq!(read[..2], [Value::Integer(1), Value::Float(2.0)]);
    assert!(same(&Value::Boolean(true), &read[2]));
    let by_truth = statement("SELECT id FROM things WHERE truth = $1", vec![Value::Integer(1)]);
    assert_eq!(database.query(vec![by_truth], soon()).await.unwrap()[0].rows.len(), 1);
}

pub(crate) async fn any_value_comes_back(subject: &dyn Subject) {
    let database = subject.open().await;
    let strategy = (
        any::<i64>().prop_map(|number| number & i64::MAX),
        any::<f64>().prop_filter("a number", |number| !number.is_nan()),
        any::<bool>(),
        prop::collection::vec(any::<u8>(), 0..50),
        "[^\u{0}]{0,30}",
    );
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..100 {
        let (number, share, truth, body, label) = strategy.new_tree(&mut runner).unwrap().current();
        let values = [
            Value::Integer(number),
            Value::Float(share),
            Value::Boolean(truth),
            Value::Bytes(body.into()),
            Value::Text(label),
        ];
        let read = round_trip(&*database, &values).await;
        assert!(values.iter().zip(&read).all(|(stored, read)| same(stored, read)), "{values:?} {read:?}");
    }
}
