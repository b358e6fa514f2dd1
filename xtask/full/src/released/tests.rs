//! What the comparison says of small documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{as_answers, breaks, kind};

const KIND: &str = "lyceum.books.BookAdded.v1";

fn event(properties: &Value, required: &[&str]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": { "Place": { "type": "object", "properties": { "shelf": { "type": "integer" } } } }
    })
}

fn released() -> Value {
    let place = json!({ "$ref": "#/$defs/Place" });
    event(&json!({ "book_id": { "type": "string" }, "place": place }), &["book_id"])
}

/// What is said of an event whose schema was that of [`released`].
fn said_of(now: Value) -> Option<String> {
    let of = |schema| as_answers(BTreeMap::from([(KIND.to_owned(), schema)])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.json");
    fs::write(&file, of(released()).to_string()).unwrap();
    breaks(&file, &of(now)).unwrap()
}

#[test]
fn a_kind_is_named_by_its_service_and_file() {
    let file = Path::new("books/BookAdded.v1.schema.json");
    assert_eq!(kind("books", file).unwrap(), KIND);
    assert!(kind("books", Path::new("books/notes.json")).is_err());
}

#[test]
fn what_consumers_may_leave_unread_breaks_none_of_them() {
    assert_eq!(said_of(released()), None);
    let mut more = released();
    more["properties"]["title"] = json!({ "type": "string" });
    more["required"] = json!(["book_id", "title"]);
    assert_eq!(said_of(more), None);
}

#[test]
fn a_field_that_goes_is_named_with_its_event() {
    let said = said_of(event(&json!({}), &[])).unwrap();
    assert!(said.contains(KIND) && said.contains("`book_id`"), "{said}");
}

#[test]
fn a_field_of_another_type_is_named_also_in_a_definition() {
    let mut other = released();
    other["$defs"]["Place"]["properties"]["shelf"] = json!({ "type": "string" });
    let said = said_of(other).unwrap();
    assert!(said.contains(KIND) && said.contains("place/shelf"), "{said}");
}

#[test]
fn a_value_that_consumers_have_never_seen_is_named() {
    let role = |values: &[&str]| {
        let mut schema = released();
        schema["properties"]["role"] = json!({ "type": "string", "enum": values });
        as_answers(BTreeMap::from([(KIND.to_owned(), schema)])).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.json");
    fs::write(&file, role(&["author"]).to_string()).unwrap();
    let said = breaks(&file, &role(&["author", "editor"])).unwrap().unwrap();
    assert!(said.contains("`editor`"), "{said}");
}

#[test]
fn an_event_that_is_no_longer_published_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.json");
    let before = as_answers(BTreeMap::from([(KIND.to_owned(), released())])).unwrap();
    fs::write(&file, before.to_string()).unwrap();
    let said = breaks(&file, &as_answers(BTreeMap::new()).unwrap()).unwrap().unwrap();
    assert!(said.contains(KIND), "{said}");
}

#[test]
fn a_document_that_can_not_be_read_is_an_error_and_no_agreement() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.json");
    fs::write(&file, "{").unwrap();
    assert!(breaks(&file, &json!({})).is_err());
}
