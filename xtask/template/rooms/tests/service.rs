//! Rooms on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::role::Role;
use lyceum_rooms::SERVICE;
use lyceum_testing::{Answer, App};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms";

/// Adds one with this name, and answers its path.
fn added(app: &App, name: &str) -> String {
    let answer = app.as_role(Role::Admin).post(PATH).json(&json!({ "name": name })).send().expect(201);
    answer.header("location").unwrap().to_owned()
}

fn changed(app: &App, path: &str, tag: &str, change: &Value) -> Answer {
    app.as_role(Role::Admin).patch(path).if_match(tag).json(change).send()
}

fn names(app: &App, query: &str) -> Vec<String> {
    let list = app.as_role(Role::Student).get(&format!("{PATH}{query}")).send().expect(200).json();
    let items = list.get("items").and_then(Value::as_array).unwrap();
    items.iter().map(|item| item.get("name").and_then(Value::as_str).unwrap().to_owned()).collect()
}

#[test]
fn what_is_added_with_one_key_twice_is_there_and_published_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let add = app.as_role(Role::Admin).post(PATH).json(&json!({ "name": "Émile" })).key("k1");
        let first = add.clone().send().expect(201);
        let again = add.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let shown = app.as_role(Role::Student).get(first.header("location").unwrap()).send().expect(200);
        assert_eq!((shown.body(), shown.tag()), (first.body(), "\"1\""));
        let events = app.events();
        assert_eq!(events.iter().map(|event| &event.data["name"]).collect::<Vec<_>>(), ["Émile"]);
    });
}

#[test]
fn the_list_is_sorted_searched_and_paged() {
    App::new(&SERVICE).on_each_database(|app| {
        for name in ["Blue One", "Green One", "Amber"] {
            added(app, name);
        }
        assert_eq!(names(app, ""), ["Amber", "Blue One", "Green One"]);
        assert_eq!(names(app, "?sort=-created_at"), ["Amber", "Green One", "Blue One"]);
        assert_eq!(names(app, "?q=on"), ["Blue One", "Green One"]);
        let page = app.as_role(Role::Student).get(&format!("{PATH}?limit=2")).send().expect(200).json();
        let next = format!("?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(names(app, &next), ["Green One"]);
    });
}

#[test]
fn a_change_needs_the_state_it_is_meant_for() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = added(app, "Blue");
        let first = changed(app, &path, "\"1\"", &json!({ "name": "Red", "description": "Warm." }));
        assert_eq!(first.expect(200).tag(), "\"2\"");
        changed(app, &path, "\"1\"", &json!({ "name": "Grey" })).expect(412);
        assert_eq!(
            changed(app, &path, "\"2\"", &json!({ "description": null })).expect(200).json()["name"],
            "Red"
        );
        assert_eq!((names(app, "?q=red"), names(app, "?q=blue")), (vec!["Red".to_owned()], vec![]));
        app.as_role(Role::Admin).delete(&path).if_match("\"2\"").send().expect(412);
        app.as_role(Role::Admin).delete(&path).send().expect(204);
        app.as_role(Role::Admin).get(&path).send().expect(404);
    });
}

#[test]
fn a_name_is_there_once() {
    App::new(&SERVICE).on_each_database(|app| {
        added(app, "Blue");
        let taken = app.as_role(Role::Admin).post(PATH).json(&json!({ "name": "BLUE" })).send().expect(409);
        assert_eq!(taken.problem().error_code, "NAME_TAKEN");
        let green = added(app, "Green");
        changed(app, &green, "\"1\"", &json!({ "name": "blue" })).expect(409);
    });
}

#[test]
fn who_may_not_write_reads_and_bad_input_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        app.anonymous().get(PATH).send().expect(401);
        app.as_role(Role::Student).post(PATH).json(&json!({ "name": "Blue" })).send().expect(403);
        for (body, pointer) in [(json!({}), "/name"), (json!({ "name": "Blue", "colour": 1 }), "/colour")] {
            let answer = app.as_role(Role::Admin).post(PATH).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer]);
        }
        app.as_role(Role::Admin).get(&format!("{PATH}/none")).send().expect(400);
        assert_eq!(names(app, ""), [""; 0]);
    });
}
