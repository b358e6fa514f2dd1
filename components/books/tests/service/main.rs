//! The catalogue on SQLite and on PostgreSQL: books, their search, their items, what is heard of genres and lendings,
//! and what is published.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod contributors;
mod covers;
mod genres;
mod holds;
mod items;
mod jobs;
mod leaving;
mod library;
mod library_import;
mod loans;
mod oai;
mod search;
mod sru;
mod xml;

use lyceum_books::SERVICE;
use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, As, Crash};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/books";
const NOBODY: &str = "01890000-0000-7000-8000-000000000001";
const GENRE: &str = "01890000-0000-7000-8000-0000000000aa";

fn librarian(app: &App) -> As<'_> {
    app.as_role(Role::Librarian)
}

fn path_of(id: &str) -> String {
    format!("{PATH}/{id}")
}

fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Adds a book of these fields, and answers its id.
fn added(app: &App, fields: &Value) -> String {
    id_of(&librarian(app).post(PATH).json(fields).send().expect(201))
}

fn titled(app: &App, title: &str) -> String {
    added(app, &json!({ "title": title }))
}

/// Changes what is at this path as it is now.
fn changed(app: &App, path: &str, change: &Value) -> Answer {
    let tag = librarian(app).get(path).send().expect(200).tag().to_owned();
    librarian(app).patch(path).if_match(&tag).json(change).send()
}

fn shown(app: &App, path: &str) -> Answer {
    app.as_role(Role::Reader).get(path).send().expect(200)
}

fn list(app: &App, query: &str) -> Value {
    shown(app, &format!("{PATH}{query}")).json()
}

fn titles(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

fn maias() -> Value {
    json!({
        "isbn": "0-8044-2957-x",
        "title": " Os  Maias",
        "subtitle": "Episódios da vida romântica",
        "description": "A family of Lisbon, and how it ends.",
        "subjects": ["Lisbon", "Families", "lisbon"],
        "language": "POR",
        "year": 1888,
        "publisher": "Ernesto Chardron",
        "contributors": [
            { "author_id": NOBODY, "name": "Eça de Queirós" },
            { "name": "Margaret Jull Costa", "role": "translator" },
        ],
        "genre_id": GENRE,
    })
}

#[test]
fn an_added_book_is_shown_listed_and_published_once() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        let add = librarian(app).post(PATH).json(&maias()).key("k1");
        let first = add.clone().send().expect(201);
        let again = add.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let seen = shown(app, first.header("location").unwrap());
        assert_eq!((seen.body(), seen.tag()), (first.body(), "\"1\""));
        let mut book = seen.json();
        for member in ["id", "created_at", "updated_at"] {
            assert!(book.as_object_mut().unwrap().remove(member).unwrap().is_string(), "{member}");
        }
        let mut expected = maias();
        for (member, value) in [
            ("isbn", json!("9780804429573")),
            ("isbn_10", json!("080442957X")),
            ("title", json!("Os Maias")),
            ("subjects", json!(["Lisbon", "Families"])),
            ("language", json!("pt")),
            ("item_count", json!(0)),
            ("available_count", json!(0)),
            ("cover", Value::Null),
        ] {
            expected[member] = value;
        }
        expected["contributors"][0]["role"] = json!("author");
        expected["contributors"][1]["author_id"] = Value::Null;
        assert_eq!(book, expected);
        assert_eq!(titles(&list(app, "")), ["Os Maias"]);
        let events = app.events_of("lyceum.books.BookAdded.v1");
        assert_eq!(events.len(), 1);
        assert_eq!(app.events().len(), 1);
        assert_eq!(events[0].data["isbn"], "9780804429573");
        assert_eq!(events[0].data["contributors"][1]["role"], "translator");
    });
}

#[test]
fn an_isbn_belongs_to_one_book_whatever_its_form_and_many_have_none() {
    App::new(&SERVICE).on_each_database(|app| {
        let first = added(app, &json!({ "title": "A", "isbn": "080442957X" }));
        let twice = json!({ "title": "B", "isbn": "978-0-8044-2957-3" });
        let refused = librarian(app).post(PATH).json(&twice).send().expect(409);
        assert_eq!(refused.problem().error_code, "ISBN_TAKEN");
        let other = titled(app, "C");
        titled(app, "D");
        let refused = changed(app, &path_of(&other), &json!({ "isbn": "9780804429573" })).expect(409);
        assert_eq!(refused.problem().error_code, "ISBN_TAKEN");
        for isbn in ["080442957X", "0-8044-2957-x", "9780804429573", "978-0-8044-2957-3"] {
            assert_eq!(titles(&list(app, &format!("?isbn={isbn}"))), ["A"], "{isbn}");
        }
        let none = shown(app, &format!("{PATH}?isbn=9780140449136"));
        assert_eq!(titles(&none.json()), [""; 0]);
        let wrong = app.as_role(Role::Reader).get(&format!("{PATH}?isbn=9780804429574")).send().expect(400);
        assert_eq!(wrong.problem().pointers(), ["/query/isbn"]);
        changed(app, &path_of(&first), &json!({ "isbn": null })).expect(200);
        changed(app, &path_of(&other), &json!({ "isbn": "9780804429573" })).expect(200);
    });
}

#[test]
fn a_change_keeps_what_it_does_not_name_and_null_removes() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        let path = path_of(&added(app, &maias()));
        let renamed = changed(app, &path, &json!({ "title": "The Maias" })).expect(200);
        assert_eq!((&renamed.json()["isbn"], renamed.tag()), (&json!("9780804429573"), "\"2\""));
        let bare =
            json!({ "subtitle": null, "contributors": null, "subjects": null, "year": null, "isbn": " " });
        let bare = changed(app, &path, &bare).expect(200).json();
        for member in ["subtitle", "year", "isbn", "isbn_10"] {
            assert_eq!(bare[member], Value::Null, "{member}");
        }
        assert_eq!((&bare["contributors"], &bare["subjects"]), (&json!([]), &json!([])));
        assert_eq!(titles(&list(app, "?q=costa")), [""; 0]);
        assert_eq!(titles(&list(app, "?q=maia")), ["The Maias"]);
        let published = app.events_of("lyceum.books.BookChanged.v1");
        assert_eq!((published.len(), &published[0].data["title"]), (2, &json!("The Maias")));
        // What changes nothing is no new version and tells nobody.
        assert_eq!(changed(app, &path, &json!({ "title": " The  Maias " })).expect(200).tag(), "\"3\"");
        assert_eq!(app.events_of("lyceum.books.BookChanged.v1").len(), 2);
    });
}

#[test]
fn a_change_or_deletion_that_is_meant_for_another_state_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        leaving::of_nobody(app);
        let path = path_of(&titled(app, "Emma"));
        let change = || librarian(app).patch(&path).json(&json!({ "title": "Persuasion" }));
        change().send().expect(428);
        change().if_match("\"7\"").send().expect(412);
        change().if_match("\"1\"").send().expect(200);
        change().if_match("\"1\"").send().expect(412);
        librarian(app).delete(&path).if_match("\"1\"").send().expect(412);
        app.commit_first("UPDATE books SET version = version + 1");
        changed(app, &path, &json!({ "title": "Emma" })).expect(412);
        app.commit_first("UPDATE books SET version = version + 1");
        librarian(app).delete(&path).send().expect(412);
        assert_eq!(titles(&list(app, "?q=persuasion")), ["Persuasion"]);
        librarian(app).delete(&path).send().expect(204);
        librarian(app).delete(&path).send().expect(404);
        for query in ["", "?q=persuasion", "?prefix=pers"] {
            assert_eq!(titles(&list(app, query)), [""; 0], "{query}");
        }
        assert_eq!(app.events_of("lyceum.books.BookRemoved.v1").len(), 1);
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        let with = |member: &str, value: Value| {
            let mut body = json!({ "title": "A" });
            body[member] = value;
            body
        };
        let names =
            |count: usize| (0..count).map(|number| json!({ "name": number.to_string() })).collect::<Value>();
        for (body, pointer) in [
            (json!({}), "/title"),
            (with("title", json!(" ")), "/title"),
            (with("title", json!("x".repeat(501))), "/title"),
            (with("title", json!("A\nB")), "/title"),
            (with("subtitle", json!("A\u{202e}B")), "/subtitle"),
            (with("description", json!("x".repeat(4_097))), "/description"),
            (with("isbn", json!("978-0-8044-2957-4")), "/isbn"),
            (with("isbn", json!(9_780_804_429_573_i64)), "/isbn"),
            (with("language", json!("qqq")), "/language"),
            (with("year", json!(0)), "/year"),
            (with("year", json!("1888")), "/year"),
            (with("publisher", json!("x".repeat(201))), "/publisher"),
            (with("subjects", json!(["a", " "])), "/subjects/1"),
            (with("subjects", json!(vec!["a"; 51])), "/subjects"),
            (with("contributors", json!([{ "name": "" }])), "/contributors/0/name"),
            (with("contributors", json!([{ "name": "A", "role": "dancer" }])), "/contributors/0/role"),
            (with("contributors", json!([{ "name": "A" }, { "name": "A" }])), "/contributors/1"),
            (with("contributors", names(101)), "/contributors"),
            (with("genre_id", json!("drama")), "/genre_id"),
            (with("item_count", json!(7)), "/item_count"),
            (json!(["A"]), ""),
        ] {
            let answer = librarian(app).post(PATH).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer], "{body}");
        }
        for query in
            ["?sort=isbn", "?year=1888", "?year_from=x", "?author_id=x", "?language=qqq", "?available=1"]
        {
            app.as_role(Role::Reader).get(&format!("{PATH}{query}")).send().expect(400).problem();
        }
        for id in ["me", "9780804429573", "%00"] {
            librarian(app).get(&path_of(id)).send().expect(400).problem();
        }
        librarian(app).get(&path_of(NOBODY)).send().expect(404).problem();
        assert_eq!(titles(&list(app, "")), [""; 0]);
        assert!(app.events().is_empty());
    });
}

#[test]
fn only_librarians_and_administrators_write_and_who_is_signed_in_reads() {
    let app = App::new(&SERVICE).sqlite();
    let path = path_of(&titled(&app, "Emma"));
    let items = format!("{path}/items");
    for role in [Role::Reader, Role::Student, Role::Instructor] {
        let who = app.as_role(role);
        who.get(&path).send().expect(200);
        who.get(&items).send().expect(200);
        who.post(PATH).json(&json!({ "title": "A" })).send().expect(403);
        who.post(&items).json(&json!({ "barcode": "b" })).send().expect(403);
        who.patch(&path).if_match("\"1\"").json(&json!({ "title": "A" })).send().expect(403);
        who.delete(&path).send().expect(403);
    }
    app.anonymous().get(&path).send().expect(401);
    app.as_role(Role::Admin).post(&items).json(&json!({ "barcode": "b" })).send().expect(201);
}

#[test]
fn answers_say_how_long_they_may_be_kept_and_what_drops_them() {
    let app = App::new(&SERVICE).sqlite();
    let id = titled(&app, "Emma");
    let item = id_of(
        &librarian(&app).post(&format!("{}/items", path_of(&id))).json(&json!({ "barcode": "b" })).send(),
    );
    for (path, group) in [
        (PATH.to_owned(), "books"),
        ("/api/v1/items".to_owned(), "books"),
        (path_of(&id), &id),
        (format!("{}/items", path_of(&id)), &id),
        (format!("/api/v1/items/{item}"), &id),
    ] {
        let answer = shown(&app, &path);
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"), "{path}");
        assert_eq!(answer.header("lyceum-cache-control"), Some("max-age=3600"), "{path}");
        assert_eq!(answer.header("cache-groups"), Some(format!("\"{group}\"").as_str()), "{path}");
    }
    for event in app.events() {
        assert_eq!(event.data["book_id"], id.as_str(), "{event:?}");
    }
    let tag = shown(&app, &path_of(&id)).tag().to_owned();
    let unchanged = librarian(&app).get(&path_of(&id)).header("if-none-match", &tag).send().expect(304);
    assert!(unchanged.body().is_empty());
}

#[test]
fn a_commit_whose_outcome_is_unknown_happens_once() {
    App::new(&SERVICE).on_each_database(|app| {
        app.fail_next_commit(Crash::AfterCommit);
        librarian(app).post(PATH).json(&json!({ "title": "Emma" })).key("k1").send().expect(201);
        assert_eq!(titles(&list(app, "")), ["Emma"]);
        assert_eq!(app.events().len(), 1);
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
