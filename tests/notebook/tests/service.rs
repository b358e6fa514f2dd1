//! What this service is for in tests that need no host: documents that were written by an earlier release.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use lyceum_notebook::SERVICE;
use lyceum_testing::{Answer, App};
use serde_json::{Value, json};

const USER: &str = "01890000-0000-7000-8000-0000000000aa";

fn app() -> App {
    App::new(&SERVICE).sqlite()
}

fn get(app: &App, path: &str) -> Answer {
    app.as_user(USER).get(path).send()
}

/// A note as the first release wrote it; its path.
fn old_note(app: &App, by: &str, pages: i64) -> String {
    let note = json!({ "by": by, "text": "old", "tags": ["a"], "pages": pages });
    let answer = app.as_user(USER).post("/api/v1/notes/of-the-first-form").json(&note).send();
    assert_eq!(answer.status(), 201);
    answer.header("location").unwrap().to_owned()
}

fn authors(app: &App, query: &str) -> Vec<Value> {
    let page = get(app, &format!("/api/v1/notes{query}"));
    assert_eq!(page.status(), 200, "{page:?}");
    page.json()["items"].as_array().unwrap().iter().map(|item| item["author"].clone()).collect()
}

#[test]
fn a_body_of_an_earlier_form_is_shown_listed_and_changed_as_it_is_today() {
    let app = app();
    let path = old_note(&app, "Ada", 3);
    let shown = get(&app, &path);
    assert_eq!((shown.tag(), shown.json()["author"].as_str()), ("\"1\"", Some("Ada")));
    assert!(shown.json().get("_schema_version").is_none() && shown.json().get("by").is_none());
    // By fields that no migration changes.
    assert_eq!(authors(&app, "?tag=a&pages=3"), ["Ada"]);
    let changed = app.as_user(USER).patch(&path).if_match("\"1\"").json(&json!({ "author": "Grace" })).send();
    assert_eq!((changed.status(), changed.tag()), (200, "\"2\""));
    assert_eq!(get(&app, &path).json()["author"], "Grace");
}

#[test]
fn a_list_by_a_field_that_a_migration_changes_waits_until_all_bodies_are_rewritten() {
    let app = app();
    assert_eq!(authors(&app, "?author=Ada"), [""; 0], "nothing is to be waited for");
    let old = old_note(&app, "Ada", 1);
    let waiting = get(&app, "/api/v1/notes?author=Ada");
    assert_eq!((waiting.status(), waiting.header("retry-after")), (503, Some("10")));
    app.tick("minute").unwrap();
    assert_eq!(authors(&app, "?author=Ada"), ["Ada"]);
    assert_eq!(get(&app, &old).tag(), "\"1\"", "a rewritten body is the same version");
}

#[test]
fn more_bodies_than_a_batch_are_rewritten_and_each_keeps_its_version() {
    let app = app();
    let paths: Vec<_> = (0..205).map(|pages| old_note(&app, "Ada", pages)).collect();
    app.tick("minute").unwrap();
    for path in &paths {
        let shown = get(&app, path);
        assert_eq!((shown.tag(), shown.json()["author"].as_str()), ("\"1\"", Some("Ada")));
    }
    assert_eq!(authors(&app, "?author=Ada&limit=200").len(), 200);
    // There is nothing left to do.
    app.tick("minute").unwrap();
    assert_eq!(get(&app, &paths[0]).tag(), "\"1\"");
}

#[test]
fn a_release_that_does_not_know_a_form_refuses_it_until_it_is_replaced() {
    let app = app();
    let path = old_note(&app, "Ada", 1);
    let first_release = format!("{path}/of-the-first-form");
    assert_eq!(get(&app, &first_release).json()["by"], "Ada");
    app.tick("minute").unwrap();
    let refused = get(&app, &first_release);
    assert_eq!((refused.status(), refused.header("retry-after")), (503, Some("60")));
    assert_eq!(get(&app, &path).json()["author"], "Ada");
}
