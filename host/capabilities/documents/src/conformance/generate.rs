//! Documents and filters of all kinds.

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

/// Few values, so that they meet; among them those at which number formats differ.
fn scalar() -> impl Strategy<Value = Value> {
    let float = |number: f64| Value::Number(Number::from_f64(number).unwrap());
    prop_oneof![
        3 => (-2_i64..4).prop_map(Value::from),
        2 => prop::sample::select(vec![-1.5, 0.0, 1.0, 1.5, 2.0, 1e300, 0.1, 9_007_199_254_740_992.0]).prop_map(float),
        1 => prop::sample::select(vec![i64::MAX, i64::MIN, 9_007_199_254_740_993, 9_007_199_254_740_992])
            .prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_filter("JSON has only finite numbers", |number| number.is_finite()).prop_map(float),
        3 => prop::sample::select(vec!["", "a", "A", "b", "ab", "é", "z", "1", "true", "😀", "\u{ffff}", "'", "\""])
            .prop_map(Value::from),
        1 => "\\PC{0,6}".prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        2 => Just(Value::Null),
    ]
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), value), 0..3).prop_map(|members| {
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    })
}

fn value(nested_arrays: bool) -> BoxedStrategy<Value> {
    let leaf = scalar().boxed();
    let inner = object(leaf.clone()).boxed();
    let list = prop::collection::vec(prop_oneof![4 => leaf.clone(), 1 => inner.clone()], 0..4)
        .prop_map(Value::Array);
    let list = list.boxed();
    let lists = if nested_arrays {
        prop_oneof![3 => list.clone(), 1 => prop::collection::vec(list.clone(), 0..2).prop_map(Value::Array)]
            .boxed()
    } else {
        list
    };
    let member = prop_oneof![2 => leaf.clone(), 1 => lists.clone(), 1 => inner.clone()];
    prop_oneof![4 => leaf, 2 => lists, 3 => object(member)].boxed()
}

/// A body with members `a`, `b` and `c`, or without.
pub(super) fn body(nested_arrays: bool) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), value(nested_arrays)), 0..4)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A path that some of these bodies have.
pub(super) fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "a", "b", "b.c", "b.a", "a.b.c", "c.a", "missing"])
}

fn bound() -> impl Strategy<Value = Value> {
    scalar().prop_filter("only numbers and texts are bounds", |value| value.is_number() || value.is_string())
}

fn test() -> impl Strategy<Value = Value> {
    let operator = prop_oneof![
        prop::sample::select(vec!["$gt", "$gte", "$lt", "$lte"])
            .prop_flat_map(|name| bound().prop_map(move |value| (name, value))),
        prop::sample::select(vec!["$eq", "$ne"])
            .prop_flat_map(|name| scalar().prop_map(move |value| (name, value))),
        prop::sample::select(vec!["$in", "$nin"]).prop_flat_map(
            |name| prop::collection::vec(scalar(), 1..4).prop_map(move |values| (name, json!(values)))
        ),
        any::<bool>().prop_map(|truth| ("$exists", json!(truth))),
    ];
    let operators = prop::collection::vec(operator, 1..3).prop_map(|operators| {
        Value::Object(operators.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    });
    let operators =
        prop_oneof![3 => operators.clone(), 1 => operators.prop_map(|inner| json!({ "$not": inner }))];
    prop_oneof![1 => scalar(), 3 => operators]
}

/// A filter of the language.
pub(super) fn filter() -> impl Strategy<Value = Value> {
    let fields = prop::collection::vec((path(), test()), 0..3).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(path, test)| (path.to_owned(), test)).collect())
    });
    fields.prop_recursive(2, 6, 3, |inner| {
        (prop::sample::select(vec!["$and", "$or", "$nor"]), prop::collection::vec(inner, 1..3))
            .prop_map(|(name, filters)| json!({ name: filters }))
    })
}
