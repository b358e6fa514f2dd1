//! Writing and reading documents.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Subject, THINGS, collections, delete, patch, put, read, refusal, soon, written};
use crate::{Change, Document, Error, Find, Options, Outcome, Write, Written};

/// Put, read, put again, delete.
pub async fn a_document_lives_and_ends(subject: &dyn Subject) {
    let documents = subject.open().await;
    let first = written(&*documents, put("a", r#"{"n": 1}"#)).await;
    assert_eq!(first, Written { id: "a".into(), version: 1, body: Some(r#"{"n":1}"#.into()) });
    assert_eq!(
        read(&*documents, "a").await,
        Some(Document { id: "a".into(), version: 1, body: r#"{"n":1}"#.into() })
    );
    assert_eq!(written(&*documents, put("a", "{}")).await.version, 2);
    written(&*documents, put("c", "{}")).await;
    let ids = ["c", "b", "a", "c"].map(str::to_owned).to_vec();
    let found = documents.get(THINGS, ids, soon()).await.unwrap();
    let found: Vec<_> = found.iter().map(|found| found.as_ref().map(|found| found.id.as_str())).collect();
    assert_eq!(found, [Some("c"), None, Some("a"), Some("c")]);
    assert_eq!(documents.get(THINGS, vec![], soon()).await, Ok(vec![]));
    let gone = written(&*documents, delete("a")).await;
    assert_eq!(gone, Written { id: "a".into(), version: 3, body: None });
    assert_eq!(read(&*documents, "a").await, None);
    let left = documents.find(super::find("{}"), soon()).await.unwrap();
    assert_eq!(left.documents.iter().map(|document| &document.id).collect::<Vec<_>>(), ["c"]);
}

/// A version never names two states of one id.
pub async fn versions_go_on_over_a_deletion(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", "{}")).await;
    written(&*documents, delete("a")).await;
    assert_eq!(refusal(&*documents, delete("a")).await, Error::NotFound);
    assert_eq!(written(&*documents, put("a", "{}")).await.version, 3);
}

/// The expected version.
pub async fn a_write_is_for_the_version_it_names(subject: &dyn Subject) {
    let documents = subject.open().await;
    let expecting = |write: Write, version| Write { expected_version: Some(version), ..write };
    written(&*documents, expecting(put("a", "{}"), 0)).await;
    assert_eq!(refusal(&*documents, expecting(put("a", "{}"), 0)).await, Error::Expectation(1));
    assert_eq!(written(&*documents, expecting(put("a", r#"{"x":1}"#), 1)).await.version, 2);
    for write in [put("a", "{}"), patch("a", "{}"), delete("a")] {
        assert_eq!(refusal(&*documents, expecting(write.clone(), 1)).await, Error::Expectation(2));
        assert_eq!(refusal(&*documents, expecting(write, 7)).await, Error::Expectation(2));
    }
    assert_eq!(written(&*documents, expecting(patch("a", r#"{"y":2}"#), 2)).await.version, 3);
    assert_eq!(written(&*documents, expecting(delete("a"), 3)).await.version, 4);
    assert_eq!(refusal(&*documents, expecting(put("a", "{}"), 4)).await, Error::NotFound);
    assert_eq!(written(&*documents, expecting(put("a", "{}"), 0)).await.version, 5);
}

/// Patches and deletions make nothing.
pub async fn what_is_not_there_cannot_be_changed(subject: &dyn Subject) {
    let documents = subject.open().await;
    for write in [patch("a", "{}"), delete("a"), Write { expected_version: Some(1), ..put("a", "{}") }] {
        assert_eq!(refusal(&*documents, write.clone()).await, Error::NotFound, "{write:?}");
    }
    for write in [patch("a", "{}"), delete("a")] {
        let write = Write { expected_version: Some(0), ..write };
        assert!(matches!(refusal(&*documents, write).await, Error::Invalid(_)));
    }
    assert_eq!(read(&*documents, "a").await, None);
}

/// RFC 7396.
pub async fn patches_merge(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", r#"{"title":"x","author":{"name":"n","age":1},"tags":[1,2]}"#)).await;
    let change = r#"{"title":"y","author":{"age":null},"tags":[3],"new":{"z":null}}"#;
    let after = written(&*documents, patch("a", change)).await;
    let expected = r#"{"author":{"name":"n"},"new":{},"tags":[3],"title":"y"}"#;
    assert_eq!(after, Written { id: "a".into(), version: 2, body: Some(expected.into()) });
    assert_eq!(read(&*documents, "a").await.unwrap().body, expected);
}

/// What JSON can say comes back, members sorted.
pub async fn bodies_come_back_as_they_went_in(subject: &dyn Subject) {
    let documents = subject.open().await;
    for body in [
        "{}",
        r#"{"a":null,"b":true,"c":[],"d":{},"e":"","f":[null,false,"x",{"y":[1]}]}"#,
        r#"{"i":[9223372036854775807,-9223372036854775808,9007199254740993,0,-1]}"#,
        r#"{"f":[1.0,0.1,-2.5,1e300,5e-324,1.7976931348623157e308,0.30000000000000004,0.0,123456789.12345679]}"#,
        r#"{"t":"é \" \\ / \n \u0001 😀 </script> 'x' $1"}"#,
        r#"{"$":1}"#,
        r#"{"_id":1,"_lyceum":{"outbox":[1]},"version":"x","body":{"body":2},"a b":1,"'":2,"0":3,"É":4,"a$b":5}"#,
    ] {
        if body == r#"{"$":1}"# {
            assert!(matches!(refusal(&*documents, put("a", body)).await, Error::Invalid(_)));
            continue;
        }
        let wanted: serde_json::Value = serde_json::from_str(body).unwrap();
        let done = written(&*documents, put("a", body)).await;
        let found = read(&*documents, "a").await.unwrap();
        assert_eq!(done.body.as_ref(), Some(&found.body));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&found.body).unwrap(), wanted, "{body}");
        assert_eq!(found.body, wanted.to_string());
    }
    if subject.keeps_nested_arrays() {
        let body = r#"{"a":[[],[[1],2]]}"#;
        written(&*documents, put("a", body)).await;
        assert_eq!(read(&*documents, "a").await.unwrap().body, body);
    }
    for id in ["é😀", "a b'c\"d", "$where", "0", "a.b", "_lyceum", &"x".repeat(255)] {
        written(&*documents, put(id, r#"{"x":1}"#)).await;
        assert_eq!(read(&*documents, id).await.unwrap().id, id);
    }
    let large = format!(r#"{{"x":"{}"}}"#, "x".repeat(1024 * 1024 - 8));
    written(&*documents, put("large", &large)).await;
    assert_eq!(read(&*documents, "large").await.unwrap().body, large);
}

/// Bad input.
pub async fn what_is_wrong_with_a_write_is_invalid(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", r#"{"x":"y"}"#)).await;
    for write in [
        put("a", ""),
        put("a", "[]"),
        put("a", "7"),
        put("a", r#"{"a.b":1}"#),
        put("a", r#"{"x":"\u0000"}"#),
        patch("a", "[]"),
        patch("a", r#"{"$set":1}"#),
        put("", "{}"),
        put("a\n", "{}"),
        put(&"x".repeat(256), "{}"),
        Write { collection: "Things".into(), ..put("a", "{}") },
        Write { collection: "things\"; DROP TABLE x".into(), ..put("a", "{}") },
        Write { id: None, ..delete("a") },
        Write { id: None, ..patch("a", "{}") },
    ] {
        let error = refusal(&*documents, write.clone()).await;
        assert!(matches!(error, Error::Invalid(_)), "{write:?}: {error:?}");
    }
    let large = format!(r#"{{"x":"{}"}}"#, "x".repeat(1024 * 1024));
    assert!(matches!(refusal(&*documents, put("a", &large)).await, Error::TooLarge(_)));
    // Each half fits, but not both.
    let half = |name: &str| format!(r#"{{"{name}":"{}"}}"#, "x".repeat(600 * 1024));
    written(&*documents, put("b", &half("one"))).await;
    assert!(matches!(refusal(&*documents, patch("b", &half("two"))).await, Error::TooLarge(_)));
    let ids = vec!["a".to_owned(); 201];
    assert!(matches!(documents.get(THINGS, ids, soon()).await, Err(Error::TooLarge(_))));
    assert_eq!(read(&*documents, "a").await.unwrap().body, r#"{"x":"y"}"#);
}

/// Nothing makes a collection but its declaration.
pub async fn an_undeclared_collection_is_invalid(subject: &dyn Subject) {
    let documents = subject.open().await;
    let invalid =
        |error: &Error| matches!(error, Error::Invalid(why) if why.contains("no collection others"));
    let others = "others".to_owned();
    for write in [put("a", "{}"), patch("a", "{}"), delete("a")] {
        let error = refusal(&*documents, Write { collection: others.clone(), ..write }).await;
        assert!(invalid(&error), "{error:?}");
    }
    assert!(invalid(&documents.get(&others, vec!["a".into()], soon()).await.unwrap_err()));
    let find = Find { collection: others.clone(), ..super::find("{}") };
    assert!(invalid(&documents.find(find, soon()).await.unwrap_err()));
    // One that is declared while we run is there at once.
    let mut more = collections();
    more.push(crate::Collection { name: others.clone(), indexes: vec![] });
    subject.open().await.migrate(&more).await.unwrap();
    written(&*documents, Write { collection: others, ..put("a", "{}") }).await;
}

/// No call outlives its deadline.
pub async fn deadlines_hold(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", "{}")).await;
    let past = Instant::now().checked_sub(Duration::from_millis(1)).unwrap();
    assert_eq!(documents.write(put("b", "{}"), past).await, Err(Error::Timeout));
    assert_eq!(documents.get(THINGS, vec!["a".into()], past).await, Err(Error::Timeout));
    assert_eq!(documents.find(super::find("{}"), past).await, Err(Error::Timeout));
    assert_eq!(read(&*documents, "b").await, None);
}

/// Durability, as far as a test of one process sees it.
pub async fn documents_survive_reopening(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", r#"{"x":1}"#)).await;
    drop(documents);
    let documents = subject.connect(Options::default()).await;
    assert_eq!(read(&*documents, "a").await.unwrap().body, r#"{"x":1}"#);
}

/// Optimistic concurrency.
pub async fn of_parallel_writers_of_one_version_one_wins(subject: &dyn Subject) {
    let documents = subject.open().await;
    let beside = subject.connect(Options::default()).await;
    for version in 0..10 {
        let writers: Vec<_> = (0..6)
            .map(|writer| {
                let documents = Arc::clone(if writer % 2 == 0 { &documents } else { &beside });
                let write =
                    Write { expected_version: Some(version), ..put("a", &format!(r#"{{"by":{writer}}}"#)) };
                tokio::spawn(async move { (writer, documents.write(write, soon()).await) })
            })
            .collect();
        let mut winners = Vec::new();
        for task in writers {
            match task.await.unwrap() {
                (writer, Ok(Outcome::Written(_))) => winners.push(writer),
                (_, Err(Error::Expectation(found))) => assert_eq!(found, version + 1),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(winners.len(), 1);
        let found = read(&*documents, "a").await.unwrap();
        assert_eq!((found.version, found.body), (version + 1, format!(r#"{{"by":{}}}"#, winners[0])));
    }
}

/// A patch without an expected version is merged into whatever is there.
pub async fn parallel_patches_lose_nothing(subject: &dyn Subject) {
    let documents = subject.open().await;
    written(&*documents, put("a", "{}")).await;
    let writers: Vec<_> = (0..5)
        .map(|writer| {
            let documents = Arc::clone(&documents);
            tokio::spawn(async move {
                for round in 0..6 {
                    let change = Change::Patch(format!(r#"{{"m{writer}_{round}":{round}}}"#));
                    written(&*documents, Write::new(THINGS, "a", change)).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let found = read(&*documents, "a").await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((found.version, body.as_object().unwrap().len()), (31, 30));
}
