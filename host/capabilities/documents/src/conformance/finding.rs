//! Filters, orders and pages, held against the model in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value};

use super::{Subject, THINGS, find, generate, put, soon, written};
use crate::path::{Path, Place};
use crate::scalar::Scalar;
use crate::{Backend, Documents, Error, Filter, Find, Page, Sort};

const DOCUMENTS: usize = 150;
const FILTERS: usize = 400;
const ORDERS: usize = 24;

type Bodies = BTreeMap<String, Map<String, Value>>;

async fn fill(documents: &dyn Backend, bodies: impl IntoIterator<Item = Value>) -> Bodies {
    let mut kept = Bodies::new();
    for (number, body) in bodies.into_iter().enumerate() {
        let id = format!("d{number:03}");
        written(documents, put(&id, &body.to_string())).await;
        let Value::Object(body) = body else { panic!("{body}") };
        kept.insert(id, body);
    }
    kept
}

/// The ids on all pages, in order.
async fn all(documents: &dyn Documents, mut find: Find) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page: Page = match documents.find(find.clone(), soon()).await {
            Ok(page) => page,
            Err(error) => panic!("{find:?}: {error:?}"),
        };
        assert!(page.documents.len() <= usize::try_from(find.limit.unwrap_or(50)).unwrap());
        ids.extend(page.documents.into_iter().map(|document| document.id));
        match page.next {
            Some(next) => find.cursor = Some(next),
            None => return ids,
        }
    }
}

async fn compare(documents: &dyn Documents, bodies: &Bodies, filter: &str) {
    let model = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    let expected: Vec<_> =
        bodies.iter().filter(|(_, body)| model.matches(body)).map(|(id, _)| id.clone()).collect();
    let found = all(documents, Find { limit: Some(200), ..find(filter) }).await;
    let differing = |id: &&String| expected.contains(id) != found.contains(id);
    if let Some(id) = bodies.keys().find(differing) {
        panic!(
            "{filter}\nfor {}: the model says {}",
            Value::Object(bodies[id].clone()),
            expected.contains(id)
        );
    }
    assert_eq!(found, expected, "{filter}");
}

/// What has gone, or could go, wrong.
pub async fn filters_mean_what_the_model_says(subject: &dyn Subject) {
    let documents = subject.open().await;
    let bodies = [
        serde_json::json!({"a": 1}),
        serde_json::json!({"a": 1.0}),
        serde_json::json!({"a": "1"}),
        serde_json::json!({"a": true}),
        serde_json::json!({"a": null}),
        serde_json::json!({}),
        serde_json::json!({"a": []}),
        serde_json::json!({"a": [1, 5]}),
        serde_json::json!({"a": [null]}),
        serde_json::json!({"a": ["x", {"b": 1}]}),
        serde_json::json!({"a": {}}),
        serde_json::json!({"a": {"b": 1}}),
        serde_json::json!({"a": {"b": null}}),
        serde_json::json!({"a": {"b": [1, 2]}}),
        serde_json::json!({"a": [{"b": 1}, {"b": 2}]}),
        serde_json::json!({"a": 9_007_199_254_740_993_i64}),
        serde_json::json!({"a": 9_007_199_254_740_992.0}),
        serde_json::json!({"a": i64::MAX}),
        serde_json::json!({"a": 9_223_372_036_854_775_808.0}),
    ];
    let bodies = fill(&*documents, bodies).await;
    for filter in [
        "{}",
        r#"{"a": 1}"#,
        r#"{"a": "1"}"#,
        r#"{"a": true}"#,
        r#"{"a": {"$in": [true, 1]}}"#,
        r#"{"a": null}"#,
        r#"{"a": {"$ne": null}}"#,
        r#"{"a": {"$nin": [null, 1]}}"#,
        r#"{"a": {"$exists": true}}"#,
        r#"{"a": {"$exists": false}}"#,
        r#"{"a": {"$gt": 2, "$lt": 4}}"#,
        r#"{"a": {"$not": {"$gte": 1}}}"#,
        r#"{"a": {"$gte": ""}}"#,
        r#"{"a.b": 1}"#,
        r#"{"a.b": null}"#,
        r#"{"a.b": {"$ne": 1}}"#,
        r#"{"a.b": {"$exists": true}}"#,
        r#"{"a.b": {"$exists": false}}"#,
        r#"{"a": 9007199254740993}"#,
        r#"{"a": 9007199254740992}"#,
        r#"{"a": {"$gt": 9007199254740992.0}}"#,
        r#"{"a": {"$lt": 9223372036854775808.0}}"#,
        r#"{"a": {"$gte": 9223372036854775807}}"#,
        r#"{"$nor": [{"a": 1}, {"a.b": 1}]}"#,
        r#"{"$or": [{"a": {"$lt": 1}}, {"$and": [{"a": {"$exists": true}}, {"a": null}]}]}"#,
    ] {
        compare(&*documents, &bodies, filter).await;
    }
}

fn runner() -> TestRunner {
    let seed: [u8; 32] = rand::random();
    println!("seed {seed:?}");
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn generated<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

/// Documents and filters of all kinds.
pub async fn every_filter_means_what_the_model_says(subject: &dyn Subject) {
    let documents = subject.open().await;
    let mut runner = runner();
    let body = generate::body(subject.keeps_nested_arrays());
    let bodies = (0..DOCUMENTS).map(|_| Value::Object(generated(&mut runner, &body))).collect::<Vec<_>>();
    let bodies = fill(&*documents, bodies).await;
    let filter = generate::filter();
    for _ in 0..FILTERS {
        compare(&*documents, &bodies, &generated(&mut runner, &filter).to_string()).await;
    }
}

/// A page after the other gives each document once.
pub async fn pages_follow_each_other_in_order(subject: &dyn Subject) {
    let documents = subject.open().await;
    let bodies: Vec<_> = (0..23).map(|number| serde_json::json!({ "a": number % 4, "n": number })).collect();
    fill(&*documents, bodies).await;
    let find = Find { limit: Some(5), ..find("{}") };
    let ids: Vec<_> = (0..23).map(|number| format!("d{number:03}")).collect();
    assert_eq!(all(&*documents, find.clone()).await, ids);
    let by = |descending| Find { sort: Some(Sort { field: "a".into(), descending }), ..find.clone() };
    let mut expected: Vec<usize> = (0..23).collect();
    expected.sort_by_key(|number| (number % 4, *number));
    let mut expected: Vec<_> = expected.into_iter().map(|number| format!("d{number:03}")).collect();
    assert_eq!(all(&*documents, by(false)).await, expected);
    expected.reverse();
    assert_eq!(all(&*documents, by(true)).await, expected);
    // What is made or changed between two pages disturbs nothing else.
    let first = documents.find(find.clone(), soon()).await.unwrap();
    written(&*documents, put("d000", "{}")).await;
    written(&*documents, super::delete("d005")).await;
    written(&*documents, put("d0051", "{}")).await;
    let second = documents.find(Find { cursor: first.next, ..find }, soon()).await.unwrap();
    let ids: Vec<_> = second.documents.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["d0051", "d006", "d007", "d008", "d009"]);
}

/// Where a body stands in an order; `None` if nowhere.
fn place(field: &Path, body: &Map<String, Value>) -> Option<Scalar> {
    let in_an_array = |parent: &Path| matches!(parent.resolve(body), Place::Value(value) if value.is_array());
    if field.parents().any(|parent| in_an_array(&parent)) {
        return None;
    }
    match field.resolve(body) {
        Place::Missing => Some(Scalar::Null),
        Place::Value(value) => Scalar::of(value),
    }
}

/// Orders by any field over documents of all kinds, in pages of any size.
pub async fn every_order_is_the_models(subject: &dyn Subject) {
    let documents = subject.open().await;
    let mut runner = runner();
    let body = generate::body(subject.keeps_nested_arrays());
    let bodies = (0..DOCUMENTS).map(|_| Value::Object(generated(&mut runner, &body))).collect::<Vec<_>>();
    let bodies = fill(&*documents, bodies).await;
    for _ in 0..ORDERS {
        let field = generated(&mut runner, &generate::path());
        let descending = generated(&mut runner, &any::<bool>());
        let limit = generated(&mut runner, &prop::sample::select(vec![1, 7, 40, 200]));
        let path = Path::parse(field).unwrap();
        let mut expected: Vec<_> = bodies
            .iter()
            .filter_map(|(id, body)| place(&path, body).map(|place| (place, id.clone())))
            .collect();
        expected.sort_by(|left, right| left.0.order(&right.0).then_with(|| left.1.cmp(&right.1)));
        if descending {
            expected.reverse();
        }
        let sort = Some(Sort { field: field.to_owned(), descending });
        let found = all(&*documents, Find { sort, limit: Some(limit), ..find("{}") }).await;
        let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
        assert_eq!(found, expected, "by {field}, descending {descending}, limit {limit}");
    }
}

/// Bounded in bytes as well as in number.
pub async fn a_page_of_large_documents_is_shorter(subject: &dyn Subject) {
    let documents = subject.open().await;
    let large = "x".repeat(1024 * 1024 - 64);
    fill(&*documents, (0..12).map(|number| serde_json::json!({ "a": number, "x": large }))).await;
    let page = documents.find(find("{}"), soon()).await.unwrap();
    assert!((1..=4).contains(&page.documents.len()), "{}", page.documents.len());
    let ids = all(&*documents, find("{}")).await;
    assert_eq!(ids, (0..12).map(|number| format!("d{number:03}")).collect::<Vec<_>>());
    let ids = ids.into_iter().collect();
    assert!(matches!(documents.get(THINGS, ids, soon()).await, Err(Error::TooLarge(_))));
}

/// Bad input.
pub async fn wrong_queries_are_invalid(subject: &dyn Subject) {
    let documents = subject.open().await;
    fill(&*documents, (0..5).map(|number| serde_json::json!({ "a": number }))).await;
    let base = Find { limit: Some(2), ..find("{}") };
    let next = documents.find(base.clone(), soon()).await.unwrap().next;
    assert!(next.is_some());
    let by = |field: &str| Some(Sort { field: field.into(), descending: false });
    for wrong in [
        find(r#"{"a": {"$regex": "x"}}"#),
        find("nonsense"),
        Find { limit: Some(0), ..find("{}") },
        Find { limit: Some(201), ..find("{}") },
        Find { sort: by("a.0"), ..find("{}") },
        Find { sort: by(""), ..find("{}") },
        Find { collection: "Things".into(), ..find("{}") },
        Find { cursor: Some("nonsense".into()), ..base.clone() },
        Find { cursor: Some(String::new()), ..base.clone() },
        Find { cursor: next.clone(), filter: r#"{"a": 1}"#.into(), ..base.clone() },
        Find { cursor: next.clone(), sort: by("a"), ..base.clone() },
    ] {
        let outcome = documents.find(wrong.clone(), soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{wrong:?}: {outcome:?}");
    }
    // The limit may change from page to page.
    let rest = documents.find(Find { cursor: next, limit: Some(200), ..base }, soon()).await.unwrap();
    assert_eq!((rest.documents.len(), rest.next), (3, None));
}
