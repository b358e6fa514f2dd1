//! Declared collections and indexes.

use std::sync::Arc;

use super::{Subject, THINGS, collections, put, written};
use crate::{Collection, Error, Index, Options};

/// As migrations are.
pub async fn declarations_are_made_once(subject: &dyn Subject) {
    let documents = subject.connect(Options::default()).await;
    let all = ["things", "things.by_a", "things.by_b_c"];
    assert_eq!(documents.pending(&collections()).await.unwrap(), all);
    assert_eq!(documents.pending(&collections()).await.unwrap(), all);
    assert_eq!(documents.migrate(&collections()).await.unwrap(), all);
    assert!(documents.migrate(&collections()).await.unwrap().is_empty());
    assert!(documents.pending(&collections()).await.unwrap().is_empty());
    written(&*documents, put("a", r#"{"a":1,"d":[2]}"#)).await;
    let mut more = collections();
    more[0].indexes.push(Index { name: "by_d".into(), fields: vec!["d".into()] });
    assert_eq!(documents.migrate(&more).await.unwrap(), ["things.by_d"]);
    // Old code runs beside new code.
    assert!(documents.pending(&collections()).await.unwrap().is_empty());
    assert_eq!(documents.find(super::find(r#"{"d":2}"#), super::soon()).await.unwrap().documents.len(), 1);
}

/// Nothing is made of a wrong declaration.
pub async fn declarations_that_are_wrong_are_refused(subject: &dyn Subject) {
    let documents = subject.open().await;
    let index = |name: &str, fields: &[&str]| Index {
        name: name.into(),
        fields: fields.iter().map(|&field| field.into()).collect(),
    };
    let with = |name: &str, indexes: Vec<Index>| vec![Collection { name: name.into(), indexes }];
    for wrong in [
        with("", vec![]),
        with("Things", vec![]),
        with("lyceum_things", vec![]),
        with("a-b", vec![]),
        with(&"x".repeat(49), vec![]),
        [with("a", vec![]), with("a", vec![])].concat(),
        with("a", vec![index("", &["a"])]),
        with("a", vec![index("i", &[])]),
        with("a", vec![index("i", &["a.0"])]),
        with("a", vec![index("i", &["a'"])]),
        with("a", vec![index("lyceum_i", &["a"])]),
        with("a", vec![index("i", &["a"]), index("i", &["b"])]),
        // Declared before with another field.
        with(THINGS, vec![index("by_a", &["b"])]),
    ] {
        for outcome in [documents.pending(&wrong).await, documents.migrate(&wrong).await] {
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{wrong:?}: {outcome:?}");
        }
    }
}

/// They wait for each other, or make the same.
pub async fn several_hosts_may_declare_at_once(subject: &dyn Subject) {
    let hosts = [
        subject.connect(Options::default()).await,
        subject.connect(Options::default()).await,
        subject.connect(Options::default()).await,
    ];
    let tasks: Vec<_> = hosts
        .iter()
        .map(|host| {
            let host = Arc::clone(host);
            tokio::spawn(async move { host.migrate(&collections()).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for host in hosts {
        assert!(host.pending(&collections()).await.unwrap().is_empty());
    }
}
