//! Genres on SQLite and on PostgreSQL: the list and its searches, changes, the tree, and what is published.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod jobs;
mod library;
mod library_import;
mod reports;
mod tree;

use lyceum_genres::SERVICE;
use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, As, Crash};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/genres";

fn librarian(app: &App) -> As<'_> {
    app.as_role(Role::Librarian)
}

fn path_of(id: &str) -> String {
    format!("{PATH}/{id}")
}

/// Adds a genre of these fields, and answers its id.
fn added(app: &App, fields: &Value) -> String {
    let genre = librarian(app).post(PATH).json(fields).send().expect(201).json();
    genre["id"].as_str().unwrap().to_owned()
}

fn named(app: &App, name: &str) -> String {
    added(app, &json!({ "name": name }))
}

/// Changes a genre as it is now.
fn changed(app: &App, id: &str, patch: &Value) -> Answer {
    let tag = librarian(app).get(&path_of(id)).send().expect(200).tag().to_owned();
    librarian(app).patch(&path_of(id)).if_match(&tag).json(patch).send()
}

fn list(app: &App, query: &str) -> Value {
    app.as_role(Role::Reader).get(&format!("{PATH}{query}")).send().expect(200).json()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn an_added_genre_is_shown_listed_and_published_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let fields = json!({ "name": " Poésie  lyrique", "description": "Songs." });
        let add = librarian(app).post(PATH).json(&fields).key("k1");
        let first = add.clone().send().expect(201);
        let again = add.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let location = first.header("location").unwrap();
        let shown = app.as_role(Role::Student).get(location).send().expect(200);
        assert_eq!((shown.body(), shown.tag()), (first.body(), "\"1\""));
        let genre = shown.json();
        assert_eq!(
            (&genre["name"], &genre["description"], &genre["parent_id"], &genre["archived"]),
            (&json!("Poésie lyrique"), &json!("Songs."), &Value::Null, &json!(false))
        );
        assert_eq!(list(app, "")["items"], json!([genre]));
        let published = app.events();
        let [event] = published.as_slice() else { panic!("{published:?}") };
        assert_eq!(event.kind, "lyceum.genres.GenreAdded.v1");
        assert_eq!((event.aggregate_type.as_str(), &json!(event.aggregate_id)), ("genre", &genre["id"]));
        assert_eq!(event.data["name"], "Poésie lyrique");
    });
}

#[test]
fn only_those_with_the_permission_write_and_everybody_signed_in_reads() {
    App::new(&SERVICE).on_each_database(|app| {
        let id = named(app, "Drama");
        app.anonymous().get(PATH).send().expect(401);
        app.anonymous().get(&path_of(&id)).send().expect(401);
        for role in [Role::Student, Role::Reader, Role::Instructor] {
            let caller = app.as_role(role);
            caller.get(PATH).send().expect(200);
            caller.post(PATH).json(&json!({ "name": "Prose" })).send().expect(403);
            caller.patch(&path_of(&id)).if_match("\"1\"").json(&json!({})).send().expect(403);
            caller.delete(&path_of(&id)).send().expect(403);
        }
        let scoped = librarian(app).with_scopes(&["genre:update"]);
        scoped.post(PATH).json(&json!({ "name": "Prose" })).send().expect(403);
        scoped.patch(&path_of(&id)).if_match("\"1\"").json(&json!({ "archived": true })).send().expect(200);
        app.as_role(Role::Admin).delete(&path_of(&id)).send().expect(204);
        app.as_role(Role::Admin).get(&path_of(&id)).send().expect(404);
    });
}

#[test]
fn a_name_is_there_once_whatever_its_case_and_accents() {
    App::new(&SERVICE).on_each_database(|app| {
        named(app, "Poésie");
        let drama = named(app, "Drama");
        let taken = librarian(app).post(PATH).json(&json!({ "name": "POESIE" })).send().expect(409);
        assert_eq!(taken.problem().error_code, "GENRE_NAME_TAKEN");
        let taken = changed(app, &drama, &json!({ "name": "poésie" })).expect(409);
        assert_eq!(taken.problem().error_code, "GENRE_NAME_TAKEN");
        // Its own name in another form is no other genre's.
        changed(app, &drama, &json!({ "name": "DRAMA" })).expect(200);
        assert_eq!(app.events().len(), 3);
    });
}

#[test]
fn names_are_found_by_words_by_their_beginning_and_by_what_is_in_them() {
    App::new(&SERVICE).on_each_database(|app| {
        for name in ["Lyric Poetry", "Poetry", "Epic Poésie", "Photography"] {
            named(app, name);
        }
        for (query, found) in [
            ("", ["Epic Poésie", "Lyric Poetry", "Photography", "Poetry"].as_slice()),
            ("?q=poe", &["Epic Poésie", "Lyric Poetry", "Poetry"]),
            ("?q=POETRY+lyr", &["Lyric Poetry"]),
            ("?q=oetry", &[]),
            ("?prefix=po", &["Poetry"]),
            ("?prefix=lyric%20p", &["Lyric Poetry"]),
            ("?contains=to", &["Photography"]),
            ("?contains=c%20Poesie", &["Epic Poésie"]),
            ("?contains=%25", &[]),
            ("?q=poe&contains=lyr", &["Lyric Poetry"]),
            ("?sort=-name&limit=2", &["Poetry", "Photography"]),
            ("?sort=created_at", &["Lyric Poetry", "Poetry", "Epic Poésie", "Photography"]),
        ] {
            assert_eq!(names(&list(app, query)), found, "{query}");
        }
    });
}

#[test]
fn pages_follow_each_other_in_each_order_without_a_gap() {
    App::new(&SERVICE).on_each_database(|app| {
        for name in ["E", "C", "A", "D", "B"] {
            named(app, name);
        }
        for (order, expected) in [("name", "ABCDE"), ("-name", "EDCBA"), ("created_at", "ECADB")] {
            let (mut seen, mut query) = (String::new(), format!("?sort={order}&limit=2"));
            loop {
                let page = list(app, &query);
                seen.extend(names(&page));
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                query = format!("?sort={order}&limit=2&cursor={cursor}");
            }
            assert_eq!(seen, expected, "{order}");
        }
    });
}

#[test]
fn a_change_keeps_what_it_does_not_name_and_null_removes() {
    App::new(&SERVICE).on_each_database(|app| {
        let id = added(app, &json!({ "name": "Drama", "description": "Plays." }));
        let renamed = changed(app, &id, &json!({ "name": "Theatre" })).expect(200);
        assert_eq!((&renamed.json()["description"], renamed.tag()), (&json!("Plays."), "\"2\""));
        let bare = changed(app, &id, &json!({ "description": null })).expect(200);
        assert_eq!(bare.json()["description"], Value::Null);
        assert_eq!(names(&list(app, "?q=theatre")), ["Theatre"]);
        assert_eq!(names(&list(app, "?q=drama")), [""; 0]);
        assert_eq!(app.events_of("lyceum.genres.GenreChanged.v1").len(), 2);
        // What changes nothing is no new version and tells nobody.
        assert_eq!(changed(app, &id, &json!({ "name": " Theatre " })).expect(200).tag(), "\"3\"");
        assert_eq!(app.events_of("lyceum.genres.GenreChanged.v1").len(), 2);
    });
}

#[test]
fn a_change_or_deletion_that_is_meant_for_another_state_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        let id = named(app, "Drama");
        let patch = || librarian(app).patch(&path_of(&id)).json(&json!({ "name": "Theatre" }));
        patch().send().expect(428);
        patch().if_match("\"7\"").send().expect(412);
        patch().if_match("drama").send().expect(400);
        patch().if_match("\"1\"").send().expect(200);
        patch().if_match("\"1\"").send().expect(412);
        librarian(app).delete(&path_of(&id)).if_match("\"1\"").send().expect(412);
        let shown = librarian(app).get(&path_of(&id)).header("if-none-match", "\"2\"").send().expect(304);
        assert!(shown.body().is_empty());
    });
}

#[test]
fn a_commit_whose_outcome_is_unknown_happens_once() {
    App::new(&SERVICE).on_each_database(|app| {
        app.fail_next_commit(Crash::AfterCommit);
        librarian(app).post(PATH).json(&json!({ "name": "Drama" })).key("k1").send().expect(201);
        assert_eq!(names(&list(app, "")), ["Drama"]);
        assert_eq!(app.events().len(), 1);
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        for (body, status, pointer) in [
            (json!({}), 422, "/name"),
            (json!({ "name": "" }), 422, "/name"),
            (json!({ "name": 7 }), 422, "/name"),
            (json!({ "name": "x".repeat(101) }), 422, "/name"),
            (json!({ "name": "A\u{202e}B" }), 422, "/name"),
            (json!({ "name": "A", "description": "x".repeat(4_097) }), 422, "/description"),
            (json!({ "name": "A", "parent_id": "above" }), 422, "/parent_id"),
            (json!({ "name": "A", "archived": "no" }), 422, "/archived"),
            (json!({ "name": "A", "colour": "red" }), 422, "/colour"),
            (json!(["A", null, null, false]), 422, ""),
        ] {
            let answer = librarian(app).post(PATH).json(&body).send().expect(status);
            assert_eq!(answer.problem().pointers(), [pointer], "{body}");
        }
        for query in ["?sort=id", "?archived=perhaps", "?parent_id=x", "?limit=0", "?colour=red", "?q=%00"] {
            app.as_role(Role::Reader).get(&format!("{PATH}{query}")).send().expect(400).problem();
        }
        for id in ["me", "01890000-0000-7000-8000-00000000000", "%00"] {
            librarian(app).get(&path_of(id)).send().expect(400).problem();
        }
        librarian(app).get(&path_of("01890000-0000-7000-8000-000000000001")).send().expect(404).problem();
        assert_eq!(names(&list(app, "")), [""; 0]);
        assert!(app.events().is_empty());
    });
}

#[test]
fn everything_that_reads_is_indexed() {
    App::new(&SERVICE).on_each_database(|app| {
        let top = named(app, "Drama");
        let below = added(app, &json!({ "name": "Tragedy", "parent_id": top }));
        changed(app, &below, &json!({ "archived": true })).expect(200);
        changed(app, &top, &json!({ "archived": true })).expect(200);
        librarian(app).delete(&path_of(&below)).send().expect(204);
        list(app, "?archived=true&q=d");
        library::search(app, &json!({ "query": { "name": "dr" } })).expect(200);
        assert!(app.explain().statements().len() > 5);
        // Few rows, at most 1,001, that are found by one condition are put in order.
        app.explain().assert_indexed(&["LIMIT 1001) AS d CROSS JOIN"]);
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
