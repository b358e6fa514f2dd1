//! Arrays in the place of objects, wherever a struct may stand.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use crate::json::{from_slice, from_value, object, parse};

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Link {
    #[serde(default)]
    url: String,
    #[serde(default)]
    rank: u8,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Holder {
    #[serde(default)]
    one: Link,
    maybe: Option<Link>,
    #[serde(default)]
    many: Vec<Link>,
    #[serde(default)]
    boxed: Option<Box<Wrapper>>,
    #[serde(default)]
    named: std::collections::BTreeMap<String, Link>,
    #[serde(default)]
    pairs: Vec<(String, Link)>,
    choice: Option<Choice>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Wrapper(Link);

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Nothing,
    Of(Link),
    Pair(u8, Link),
    Inline { link: Link, size: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Round {
        size: u8,
    },
    Linked {
        #[serde(deserialize_with = "object")]
        link: Link,
    },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
enum Adjacent {
    Of(Link),
}

#[derive(Debug, Deserialize, PartialEq)]
struct Flat {
    own: Link,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Rest {
    name: String,
    tags: Vec<String>,
    #[serde(deserialize_with = "object")]
    link: Link,
}

/// The pointer of what is refused, by each way in.
fn refused<T: DeserializeOwned + std::fmt::Debug>(value: &Value) -> String {
    let body = value.to_string();
    let problem = parse::<T>(body.as_bytes()).expect_err(&body);
    assert_eq!(problem.status(), 422, "{body}");
    let violation = &problem.violations()[0];
    assert_eq!(violation.code, "WRONG_TYPE", "{body}: {}", violation.message);
    assert!(violation.message.contains("an object"), "{body}: {}", violation.message);
    let of_value = from_value::<T>(value.clone()).expect_err(&body);
    assert_eq!(
        (&of_value.violations()[0].pointer, of_value.status()),
        (&violation.pointer, problem.status())
    );
    from_slice::<T>(body.as_bytes()).expect_err(&body);
    violation.pointer.clone()
}

fn taken<T: DeserializeOwned>(value: &Value) -> T {
    let read = parse(value.to_string().as_bytes());
    assert!(from_value::<T>(value.clone()).is_ok(), "{value}");
    read.unwrap_or_else(|problem| panic!("{value}: {:?}", problem.violations()))
}

#[test]
fn an_array_for_a_struct_is_422_with_its_pointer() {
    let link = json!(["x", 1]);
    assert_eq!(refused::<Link>(&link), "");
    for (body, pointer) in [
        (json!({ "one": link }), "/one"),
        (json!({ "one": [] }), "/one"),
        (json!({ "maybe": link }), "/maybe"),
        (json!({ "many": [{ "url": "x" }, link] }), "/many/1"),
        (json!({ "boxed": link }), "/boxed"),
        (json!({ "named": { "a/b": link } }), "/named/a~1b"),
        (json!({ "pairs": [["a", link]] }), "/pairs/0/1"),
        (json!({ "choice": { "of": link } }), "/choice"),
        (json!({ "choice": { "pair": [1, link] } }), "/choice/1"),
        (json!({ "choice": { "inline": [{ "url": "x" }, 1] } }), "/choice"),
        (json!({ "choice": { "inline": { "link": link, "size": 1 } } }), "/choice/link"),
    ] {
        assert_eq!(refused::<Holder>(&body), pointer, "{body}");
    }
    assert_eq!(refused::<Vec<Link>>(&json!([{}, link])), "/1");
    assert_eq!(refused::<Option<Link>>(&link), "");
}

#[test]
fn an_array_for_an_enum_with_a_tag_is_422() {
    assert_eq!(refused::<Tagged>(&json!(["round", 1])), "");
    assert_eq!(refused::<Adjacent>(&json!(["of", { "url": "x" }])), "");
    refused::<Adjacent>(&json!({ "kind": "of", "value": ["x", 1] }));
    refused::<Tagged>(&json!({ "kind": "linked", "link": ["x", 1] }));
}

#[test]
fn an_array_in_a_flattened_struct_is_422() {
    let body = |own: Value, link: Value| json!({ "own": own, "name": "n", "tags": ["a"], "link": link });
    assert_eq!(refused::<Flat>(&body(json!(["x", 1]), json!({}))), "/own");
    refused::<Flat>(&body(json!({}), json!(["x", 1])));
    refused::<Flat>(&json!([{}, "n", ["a"], {}]));
    let flat: Flat = taken(&body(json!({ "rank": 2 }), json!({ "url": "y" })));
    assert_eq!((flat.own.rank, flat.rest.link.url.as_str(), flat.rest.tags.len()), (2, "y", 1));
}

#[test]
fn arrays_and_objects_are_taken_where_the_type_has_them() {
    let link = || json!({ "url": "x", "rank": 1 });
    let holder: Holder = taken(&json!({
        "one": link(), "maybe": null, "many": [link(), {}], "boxed": link(), "named": { "a": link() },
        "pairs": [["a", link()]], "choice": { "inline": { "link": link(), "size": 7 } },
    }));
    assert_eq!((holder.many.len(), holder.pairs.len(), holder.maybe), (2, 1, None));
    for choice in [json!("nothing"), json!({ "of": link() }), json!({ "pair": [1, link()] })] {
        taken::<Choice>(&choice);
    }
    assert_eq!(taken::<Tagged>(&json!({ "kind": "round", "size": 3 })), Tagged::Round { size: 3 });
    taken::<Tagged>(&json!({ "kind": "linked", "link": link() }));
    taken::<Adjacent>(&json!({ "kind": "of", "value": link() }));
    let free = json!({ "a": [1, [2.5, "x", null, true]], "b": -1 });
    assert_eq!(taken::<Value>(&free), free);
    let raw: Box<RawValue> = from_slice(b"[1, 2]").unwrap();
    assert_eq!(raw.get(), "[1, 2]");
    assert_eq!(taken::<(u128, i64, f64, char)>(&json!([1, -2, 0.1, "c"])), (1, -2, 0.1, 'c'));
}
