//! Authors on SQLite and on PostgreSQL: the list and its searches, changes, photos, and what is published.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod books;
mod library;
mod library_import;
mod photo;

use lyceum_authors::SERVICE;
use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, As, Crash};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/authors";
const ADDED: &str = "lyceum.authors.AuthorAdded.v1";
const CHANGED: &str = "lyceum.authors.AuthorChanged.v1";

fn librarian(app: &App) -> As<'_> {
    app.as_role(Role::Librarian)
}

/// Adds an author of these fields, and answers their path.
fn added(app: &App, fields: &Value) -> String {
    librarian(app).post(PATH).json(fields).send().expect(201).header("location").unwrap().to_owned()
}

fn named(app: &App, name: &str) -> String {
    added(app, &json!({ "name": name }))
}

/// Changes an author as they are now.
fn changed(app: &App, path: &str, change: &Value) -> Answer {
    let tag = librarian(app).get(path).send().expect(200).tag().to_owned();
    librarian(app).patch(path).if_match(&tag).json(change).send()
}

fn list(app: &App, query: &str) -> Value {
    app.as_role(Role::Reader).get(&format!("{PATH}{query}")).send().expect(200).json()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn woolf() -> Value {
    json!({
        "name": " Virginia  Woolf",
        "variants": ["Virginia Stephen", "Вирджиния Вулф"],
        "biography": "She wrote.",
        "birth_year": 1882,
        "death_year": 1941,
        "identifiers": {
            "viaf": "https://viaf.org/viaf/39385478",
            "isni": "0000 0001 2103 2683",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
        },
    })
}

#[test]
fn an_added_author_is_shown_listed_and_published_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let add = librarian(app).post(PATH).json(&woolf()).key("k1");
        let first = add.clone().send().expect(201);
        let again = add.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let shown = app.as_role(Role::Student).get(first.header("location").unwrap()).send().expect(200);
        assert_eq!((shown.body(), shown.tag()), (first.body(), "\"1\""));
        let mut author = shown.json();
        assert_eq!(list(app, "")["items"], json!([author]));
        let published = app.events();
        let [event] = published.as_slice() else { panic!("{published:?}") };
        assert_eq!(event.kind, ADDED);
        assert_eq!((event.aggregate_type.as_str(), &json!(event.aggregate_id)), ("author", &author["id"]));
        assert_eq!((&event.data["number"], &event.data["isni"]), (&json!(1), &json!("0000000121032683")));
        for generated in ["id", "created_at", "updated_at"] {
            assert!(author.as_object_mut().unwrap().remove(generated).unwrap().is_string());
        }
        let expected = json!({
            "number": 1,
            "name": "Virginia Woolf",
            "sort_name": "Woolf, Virginia",
            "variants": ["Virginia Stephen", "Вирджиния Вулф"],
            "biography": "She wrote.",
            "birth_year": 1882,
            "death_year": 1941,
            "identifiers": { "viaf": "39385478", "isni": "0000000121032683", "orcid": "0000-0002-1825-0097" },
            "photo": null,
        });
        assert_eq!(author, expected);
    });
}

#[test]
fn only_those_with_the_permission_write_and_everybody_signed_in_reads() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = named(app, "Homer");
        let photo = format!("{path}/photo");
        for path in [PATH, &path, &photo] {
            app.anonymous().get(path).send().expect(401);
        }
        for role in [Role::Student, Role::Reader, Role::Instructor] {
            let caller = app.as_role(role);
            caller.get(PATH).send().expect(200);
            caller.get(&path).send().expect(200);
            caller.post(PATH).json(&json!({ "name": "Sappho" })).send().expect(403);
            caller.patch(&path).if_match("\"1\"").json(&json!({})).send().expect(403);
            caller.put(&photo).body("image/png", photo::PNG).send().expect(403);
            caller.delete(&photo).send().expect(403);
        }
        let scoped = librarian(app).with_scopes(&["author:update"]);
        scoped.post(PATH).json(&json!({ "name": "Sappho" })).send().expect(403);
        scoped.patch(&path).if_match("\"1\"").json(&json!({ "birth_year": -750 })).send().expect(200);
    });
}

#[test]
fn authors_may_share_a_name_and_never_an_identifier() {
    App::new(&SERVICE).on_each_database(|app| {
        added(app, &woolf());
        let other = named(app, "Virginia Woolf");
        for identifier in [
            json!({ "viaf": "39385478" }),
            json!({ "isni": "0000000121032683" }),
            json!({ "orcid": "0000-0002-1825-0097" }),
        ] {
            let new = json!({ "name": "V. W.", "identifiers": identifier });
            let refused = librarian(app).post(PATH).json(&new).send().expect(409);
            assert_eq!(refused.problem().error_code, "IDENTIFIER_TAKEN");
            let refused = changed(app, &other, &json!({ "identifiers": identifier })).expect(409);
            assert_eq!(refused.problem().error_code, "IDENTIFIER_TAKEN");
        }
        assert_eq!(names(&list(app, "")).len(), 2);
        assert_eq!((app.events_of(ADDED).len(), app.events_of(CHANGED).len()), (2, 0));
    });
}

#[test]
fn authors_are_found_by_words_and_beginnings_of_any_of_their_names() {
    App::new(&SERVICE).on_each_database(|app| {
        added(app, &woolf());
        added(app, &json!({ "name": "Thomas Wolfe", "birth_year": 1900, "death_year": 1938 }));
        added(app, &json!({ "name": "Gabriel García Márquez", "sort_name": "García Márquez, Gabriel" }));
        let id = "birth_year_from=1882&birth_year_to=1899";
        for (query, found) in [
            ("", ["Gabriel García Márquez", "Thomas Wolfe", "Virginia Woolf"].as_slice()),
            ("?sort=-sort_name&limit=2", &["Virginia Woolf", "Thomas Wolfe"]),
            ("?sort=created_at", &["Virginia Woolf", "Thomas Wolfe", "Gabriel García Márquez"]),
            ("?q=wo", &["Thomas Wolfe", "Virginia Woolf"]),
            ("?q=VIRGINIA+steph", &["Virginia Woolf"]),
            ("?q=garcia", &["Gabriel García Márquez"]),
            ("?q=%D0%B2%D1%83%D0%BB%D1%84", &["Virginia Woolf"]),
            ("?q=oolf", &[]),
            ("?prefix=wo", &["Thomas Wolfe", "Virginia Woolf"]),
            ("?prefix=virginia%20s", &["Virginia Woolf"]),
            ("?prefix=garcia%20marquez,", &["Gabriel García Márquez"]),
            ("?prefix=stephen", &[]),
            ("?number=1,3", &["Gabriel García Márquez", "Virginia Woolf"]),
            ("?isni=0000-0001-2103-2683", &["Virginia Woolf"]),
            ("?orcid=0000000218250097", &["Virginia Woolf"]),
            ("?viaf=1,39385478", &["Virginia Woolf"]),
            (format!("?{id}").as_str(), &["Virginia Woolf"]),
            ("?death_year_to=1940", &["Thomas Wolfe"]),
            ("?q=wo&birth_year_from=1890", &["Thomas Wolfe"]),
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
        for (order, expected) in [("sort_name", "ABCDE"), ("-sort_name", "EDCBA"), ("created_at", "ECADB")] {
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
        let path = added(app, &woolf());
        let renamed = changed(app, &path, &json!({ "name": "Adeline Stephen" })).expect(200);
        assert_eq!((&renamed.json()["sort_name"], renamed.tag()), (&json!("Stephen, Adeline"), "\"2\""));
        assert_eq!(renamed.json()["biography"], "She wrote.");
        let removed = json!({ "biography": null, "identifiers": { "viaf": null }, "variants": ["V. W."] });
        let bare = changed(app, &path, &removed).expect(200).json();
        assert_eq!(bare["biography"], Value::Null);
        assert_eq!(
            bare["identifiers"],
            json!({ "viaf": null, "isni": "0000000121032683", "orcid": "0000-0002-1825-0097" })
        );
        assert_eq!(names(&list(app, "?q=adeline")), ["Adeline Stephen"]);
        assert_eq!(names(&list(app, "?q=virginia")), [""; 0]);
        let events = app.events_of(CHANGED);
        assert_eq!(events.len(), 2);
        assert_eq!((&events[1].data["variants"], &events[1].data["number"]), (&json!(["V. W."]), &json!(1)));
        // What changes nothing is no new version and tells nobody.
        let same = json!({ "name": " Adeline Stephen ", "identifiers": { "isni": "0000 0001 2103 2683" } });
        assert_eq!(changed(app, &path, &same).expect(200).tag(), "\"3\"");
        assert_eq!(app.events_of(CHANGED).len(), 2);
    });
}

#[test]
fn a_change_that_is_meant_for_another_state_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = named(app, "Homer");
        let change = || librarian(app).patch(&path).json(&json!({ "name": "Hesiod" }));
        change().send().expect(428);
        change().if_match("\"7\"").send().expect(412);
        change().if_match("homer").send().expect(400);
        change().if_match("\"1\"").send().expect(200);
        change().if_match("\"1\"").send().expect(412);
        app.commit_first("UPDATE authors SET version = version + 1");
        changed(app, &path, &json!({ "name": "Sappho" })).expect(412);
        librarian(app).get(&path).header("if-none-match", "\"3\"").send().expect(304);
        assert_eq!(names(&list(app, "?q=hesiod")), ["Hesiod"]);
    });
}

#[test]
fn numbers_count_up_and_none_is_given_twice() {
    App::new(&SERVICE).on_each_database(|app| {
        added(app, &woolf());
        librarian(app).post(PATH).json(&woolf()).send().expect(409);
        // The first commit takes the number.
        app.pass_commits(1);
        app.fail_next_commit(Crash::AfterCommit);
        librarian(app).post(PATH).json(&json!({ "name": "Homer" })).key("k1").send().expect(201);
        named(app, "Hesiod");
        let list = list(app, "?sort=created_at");
        let numbers: Vec<i64> =
            list["items"].as_array().unwrap().iter().map(|item| item["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers.len(), 3);
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        for (body, pointer) in [
            (json!({}), "/name"),
            (json!({ "name": "" }), "/name"),
            (json!({ "name": 7 }), "/name"),
            (json!({ "name": "x".repeat(151) }), "/name"),
            (json!({ "name": "A", "sort_name": "\n" }), "/sort_name"),
            (json!({ "name": "A", "variants": "B" }), "/variants"),
            (json!({ "name": "A", "variants": ["B", 7] }), "/variants/1"),
            (json!({ "name": "A", "variants": ["B", "B"] }), "/variants/1"),
            (json!({ "name": "A", "birth_year": 70_000 }), "/birth_year"),
            (json!({ "name": "A", "birth_year": 1.5 }), "/birth_year"),
            (json!({ "name": "A", "birth_year": 2, "death_year": 1 }), "/death_year"),
            (json!({ "name": "A", "identifiers": { "isni": "0000000121032684" } }), "/identifiers/isni"),
            (json!({ "name": "A", "identifiers": { "gnd": "1" } }), "/identifiers/gnd"),
            (json!({ "name": "A", "identifiers": [null, null, null] }), "/identifiers"),
            (json!({ "name": "A", "number": 7 }), "/number"),
        ] {
            let answer = librarian(app).post(PATH).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer], "{body}");
        }
        for query in
            ["?sort=name", "?isni=1", "?number=x", "?birth_year_from=x", "?limit=0", "?colour=red", "?q=%00"]
        {
            app.as_role(Role::Reader).get(&format!("{PATH}{query}")).send().expect(400).problem();
        }
        for id in ["me", "01890000-0000-7000-8000-00000000000", "%00"] {
            librarian(app).get(&format!("{PATH}/{id}")).send().expect(400).problem();
        }
        librarian(app)
            .get(&format!("{PATH}/01890000-0000-7000-8000-000000000001"))
            .send()
            .expect(404)
            .problem();
        assert_eq!(names(&list(app, "")), [""; 0]);
        assert!(app.events().is_empty());
    });
}

#[test]
fn everything_that_reads_is_indexed() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = added(app, &woolf());
        changed(app, &path, &json!({ "death_year": null })).expect(200);
        photo::put(app, &path, "image/png", photo::PNG).expect(201);
        librarian(app).delete(&format!("{path}/photo")).send().expect(204);
        list(app, "?q=wo&birth_year_from=1800");
        app.tick("minute").unwrap();
        assert!(app.explain().statements().len() > 3);
        // Few rows, at most 1,001, that are found by one condition are put in order.
        app.explain().assert_indexed(&["LIMIT 1001) AS d CROSS JOIN"]);
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
