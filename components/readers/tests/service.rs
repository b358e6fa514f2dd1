//! Readers on SQLite and on PostgreSQL: who keeps and sees their records, the rules for them, and what is published.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

#[path = "service/addresses.rs"]
mod addresses;
#[path = "service/library_import.rs"]
mod library_import;

use lyceum_kit::clock::Timestamp;
use lyceum_kit::role::Role;
use lyceum_readers::SERVICE;
use lyceum_testing::{Answer, App, As, Event};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/readers";
const ADA: &str = "01890000-0000-7000-8000-00000000000a";
const BEN: &str = "01890000-0000-7000-8000-00000000000b";
const CLEO: &str = "01890000-0000-7000-8000-00000000000c";
/// 2026-01-01, and as far as the last microsecond of that year.
const NEW_YEAR: i64 = 1_767_225_600_000_000;
const YEAR: i64 = 365 * 86_400_000_000;

/// Ada, Ben and Cleo have accounts, and there are two genres, of which one is archived.
fn on_each(test: impl Fn(&App)) {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock(Timestamp::from_micros(NEW_YEAR));
        // Nobody has anything of the library's.
        app.on_call("lendings", |_| http::Response::builder().status(204).body(bytes::Bytes::new()).unwrap());
        for user_id in [ADA, BEN, CLEO] {
            has_account(app, user_id);
        }
        for (at, name, archived) in [(1, "Poetry", false), (2, "Heraldry", true)] {
            let genre_id = format!("01890000-0000-7000-8000-00000000010{at}");
            let data = json!({
                "genre_id": genre_id, "name": name, "parent_id": null, "archived": archived,
                "added_at": "2026-01-01T00:00:00Z",
            });
            let added = Event::new("lyceum.genres.GenreAdded.v1", data).about("genre", &genre_id, 1);
            app.deliver(&added).unwrap();
        }
        test(app);
        app.explain().assert_indexed(&[]);
    });
}

fn has_account(app: &App, user_id: &str) {
    let data = json!({
        "user_id": user_id, "email": "a@example.org", "display_name": "A", "roles": ["reader"],
        "created_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", user_id, 1)).unwrap();
}

fn librarian(app: &App) -> As<'_> {
    app.as_role(Role::Librarian)
}

fn fields(user_id: &str, name: &str) -> Value {
    json!({
        "user_id": user_id, "full_name": name, "email": format!("{name}@Example.org").replace(' ', "."),
        "birth_date": "2000-01-31", "gdpr_consent": true,
    })
}

fn with(mut fields: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        fields[name] = value.clone();
    }
    fields
}

fn add(app: &App, fields: &Value) -> Answer {
    librarian(app).post(PATH).json(fields).send()
}

/// Adds a reader, and answers their path.
fn added(app: &App, fields: &Value) -> String {
    add(app, fields).expect(201).header("location").unwrap().to_owned()
}

fn changed(app: &App, path: &str, change: &Value) -> Answer {
    let tag = librarian(app).get(path).send().expect(200).tag().to_owned();
    librarian(app).patch(path).if_match(&tag).json(change).send()
}

fn names(app: &App, query: &str) -> Vec<String> {
    let list = librarian(app).get(&format!("{PATH}{query}")).send().expect(200).json();
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["full_name"].as_str().unwrap().to_owned())
        .collect()
}

fn kinds(app: &App) -> Vec<String> {
    app.events().iter().map(|event| event.kind.rsplit('.').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}

#[test]
fn what_is_added_with_one_key_twice_is_there_and_published_once() {
    on_each(|app| {
        let fields =
            with(fields(ADA, "Ada"), &json!({ "interests": ["Poetry"], "phone_number": "912345678" }));
        let call = librarian(app).post(PATH).json(&fields).key("k1");
        let first = call.clone().send().expect(201);
        let again = call.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let view = first.json();
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&view[name], value, "{name}");
        }
        assert_eq!((&view["number"], &view["category"]), (&json!("2026/1"), &json!("standard")));
        assert_eq!((&view["status"], &view["blocked_reason"]), (&json!("active"), &Value::Null));
        let shown = librarian(app).get(first.header("location").unwrap()).send().expect(200);
        assert_eq!((shown.body(), shown.tag()), (first.body(), "\"1\""));
        let events = app.events();
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0].data["number"], &events[0].data["user_id"]), (&json!("2026/1"), &json!(ADA)));
        app.as_role(Role::Reader).post(PATH).json(&fields).send().expect(403);
        app.anonymous().post(PATH).json(&fields).send().expect(401);
    });
}

#[test]
fn numbers_are_counted_in_each_year_without_gaps() {
    on_each(|app| {
        let number = |answer: Answer| answer.expect(201).json()["number"].as_str().unwrap().to_owned();
        assert_eq!(number(add(app, &fields(ADA, "Ada"))), "2026/1");
        add(app, &fields(ADA, "Ada")).expect(409);
        assert_eq!(number(add(app, &fields(BEN, "Ben"))), "2026/2", "who was refused took none");
        app.stop_clock(Timestamp::from_micros(NEW_YEAR + YEAR));
        assert_eq!(number(add(app, &fields(CLEO, "Cleo"))), "2027/1");
    });
}

#[test]
fn a_record_needs_an_account_that_has_none() {
    on_each(|app| {
        added(app, &fields(ADA, "Ada"));
        assert_eq!(add(app, &fields(ADA, "Ada")).expect(409).json()["error_code"], "READER_EXISTS");
        let nobody = "01890000-0000-7000-8000-0000000000ff";
        assert_eq!(add(app, &fields(nobody, "Nobody")).expect(422).problem().pointers(), ["/user_id"]);
        assert_eq!(kinds(app), ["ReaderAdded"]);
    });
}

#[test]
fn all_that_is_wrong_with_a_record_is_told_at_once() {
    on_each(|app| {
        app.configure("forbidden_names", "Sol Demónio");
        app.configure("minimum_age", "18");
        let wrong = with(
            fields(ADA, "Marisol"),
            &json!({
                "email": "ada", "birth_date": "2008-01-02", "phone_number": "312345678", "category": " ",
                "interests": ["Heraldry"], "gdpr_consent": false, "status": "blocked",
            }),
        );
        let problem = add(app, &wrong).expect(422).problem();
        let mut pointers = problem.pointers();
        pointers.sort_unstable();
        let all = [
            "/birth_date",
            "/blocked_reason",
            "/category",
            "/email",
            "/full_name",
            "/gdpr_consent",
            "/interests/0",
            "/phone_number",
        ];
        assert_eq!(pointers, all);
        added(app, &with(fields(ADA, "Ada"), &json!({ "birth_date": "2008-01-01" })));
        assert_eq!(kinds(app), ["ReaderAdded"]);
    });
}

#[test]
fn a_rule_that_became_stricter_refuses_only_what_is_changed() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada Sol"));
        app.configure("forbidden_names", "Sol");
        app.configure("minimum_age", "90");
        changed(app, &path, &json!({ "category": "staff" })).expect(200);
        assert_eq!(
            changed(app, &path, &json!({ "full_name": "Sol" })).expect(422).problem().pointers(),
            ["/full_name"]
        );
        assert_eq!(
            changed(app, &path, &json!({ "user_id": BEN })).expect(422).problem().pointers(),
            ["/user_id"]
        );
    });
}

#[test]
fn a_change_needs_the_state_it_is_meant_for() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        let block = json!({ "status": "blocked", "blocked_reason": "Lost a book." });
        librarian(app).patch(&path).json(&block).send().expect(428);
        let blocked = librarian(app).patch(&path).if_match("\"1\"").json(&block).send().expect(200);
        assert_eq!((&blocked.json()["blocked_reason"], blocked.tag()), (&json!("Lost a book."), "\"2\""));
        librarian(app).patch(&path).if_match("\"1\"").json(&block).send().expect(412);
        let same = librarian(app).patch(&path).if_match("\"2\"").json(&block).send().expect(200);
        assert_eq!(same.tag(), "\"2\"", "nothing has changed");
        let active = changed(app, &path, &json!({ "status": "active" })).expect(200);
        assert_eq!(active.json()["blocked_reason"], Value::Null);
        app.as_user(ADA)
            .with_role(Role::Reader)
            .patch(&path)
            .if_match("\"3\"")
            .json(&block)
            .send()
            .expect(403);
        assert_eq!(kinds(app), ["ReaderAdded", "ReaderChanged", "ReaderChanged"]);
    });
}

#[test]
fn a_reader_changes_what_is_theirs_to_decide_and_nothing_else() {
    on_each(|app| {
        let me = format!("{PATH}/me");
        let ada = app.as_user(ADA).with_role(Role::Reader);
        ada.get(&me).send().expect(404);
        ada.patch(&me).if_match("\"1\"").json(&json!({})).send().expect(404);
        added(app, &fields(ADA, "Ada"));
        assert_eq!(ada.get(&me).send().expect(200).json()["full_name"], "Ada");
        let change =
            json!({ "phone_number": "212345678", "interests": ["Poetry"], "marketing_consent": true });
        let changed = ada.patch(&me).if_match("\"1\"").json(&change).send().expect(200);
        let view = changed.json();
        assert_eq!((&view["phone_number"], &view["interests"]), (&json!("212345678"), &json!(["Poetry"])));
        assert_eq!((&view["marketing_consent"], &view["third_party_consent"]), (&json!(true), &json!(false)));
        for other in ["category", "status", "full_name", "gdpr_consent", "user_id"] {
            let refused = ada.patch(&me).if_match("\"2\"").json(&json!({ other: "x" })).send();
            assert!(matches!(refused.status(), 400 | 422), "{other}: {}", refused.text());
        }
        ada.patch(&me).json(&change).send().expect(428);
        ada.patch(&me).if_match("\"1\"").json(&change).send().expect(412);
    });
}

/// More than a statement has room for.
#[test]
fn tens_of_thousands_of_interests_are_too_many_and_nothing_worse() {
    on_each(|app| {
        let names: Vec<String> = (0..70_000).map(|number| format!("g{number}")).collect();
        let refused =
            add(app, &with(fields(ADA, "Ada"), &json!({ "interests": names }))).expect(422).problem();
        assert!(refused.details.iter().any(|detail| detail["code"] == "TOO_MANY"), "{refused:?}");
    });
}

#[test]
fn interests_are_kept_as_the_genres_are_spelled_however_they_are_sent() {
    on_each(|app| {
        let path = added(app, &with(fields(ADA, "Ada"), &json!({ "interests": ["  pOÉtry "] })));
        let interests = |answer: Answer| answer.expect(200).json()["interests"].clone();
        assert_eq!(interests(librarian(app).get(&path).send()), json!(["Poetry"]));
        let me = app.as_user(ADA).with_role(Role::Reader);
        let change = json!({ "interests": ["POETRY"] });
        let same = me.patch(&format!("{PATH}/me")).if_match("\"1\"").json(&change).send().expect(200);
        assert_eq!((same.tag(), &same.json()["interests"]), ("\"1\"", &json!(["Poetry"])));
        let twice = changed(app, &path, &json!({ "interests": ["poetry", "Poetry"] })).expect(422).problem();
        assert_eq!(twice.pointers(), ["/interests/1"]);
        assert_eq!(app.events()[0].data["interests"], json!(["Poetry"]));
        // One that was archived since may stay.
        let data = json!({
            "genre_id": "01890000-0000-7000-8000-000000000101", "name": "Poetry", "parent_id": null, "archived": true,
            "changed_at": "2026-01-02T00:00:00Z",
        });
        let archived = Event::new("lyceum.genres.GenreChanged.v1", data);
        app.deliver(&archived.about("genre", "01890000-0000-7000-8000-000000000101", 2)).unwrap();
        changed(app, &path, &json!({ "category": "staff" })).expect(200);
    });
}

#[test]
fn somebody_elses_record_is_answered_as_one_that_is_not_there() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        app.as_user(ADA).with_role(Role::Reader).get(&path).send().expect(200);
        let ben = app.as_user(BEN).with_role(Role::Reader);
        let others = ben.get(&path).send().expect(404).json();
        let none = ben.get(&format!("{PATH}/{BEN}")).send().expect(404).json();
        assert_eq!((&others["detail"], &others["error_code"]), (&none["detail"], &none["error_code"]));
        ben.get(PATH).send().expect(403);
    });
}

#[test]
fn the_list_is_searched_filtered_sorted_and_paged() {
    on_each(|app| {
        added(app, &with(fields(BEN, "Zoë Byron"), &json!({ "phone_number": "912345678" })));
        added(app, &with(fields(ADA, "Ada Byron"), &json!({ "category": "staff" })));
        added(app, &fields(CLEO, "Cleo"));
        assert_eq!(names(app, ""), ["Ada Byron", "Cleo", "Zoë Byron"]);
        assert_eq!(names(app, "?sort=created_at&limit=1").len(), 1);
        assert_eq!(names(app, "?q=byr"), ["Ada Byron", "Zoë Byron"]);
        assert_eq!(names(app, "?q=zoe+byron"), ["Zoë Byron"]);
        assert_eq!(names(app, "?email=CLEO@example.ORG"), ["Cleo"]);
        assert_eq!(names(app, "?phone_number=912345678"), ["Zoë Byron"]);
        assert_eq!(names(app, "?category=staff"), ["Ada Byron"]);
        assert_eq!(names(app, "?status=blocked"), [""; 0]);
        let first = librarian(app).get(&format!("{PATH}?limit=2")).send().expect(200).json();
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(names(app, &format!("?limit=2&cursor={cursor}")), ["Zoë Byron"]);
        librarian(app).get(&format!("{PATH}?status=gone")).send().expect(400);
    });
}

#[test]
fn a_deleted_reader_is_found_no_more_and_others_are_told() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        librarian(app).delete(&path).if_match("\"7\"").send().expect(412);
        librarian(app).delete(&path).send().expect(204);
        librarian(app).get(&path).send().expect(404);
        assert_eq!(names(app, "?q=ada"), [""; 0]);
        assert_eq!(kinds(app), ["ReaderAdded", "ReaderRemoved"]);
        added(app, &fields(ADA, "Ada"));
    });
}

#[test]
fn an_erased_persons_record_is_gone_and_cannot_come_again() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        for user_id in [ADA, BEN] {
            let data = json!({
                "erasure_id": user_id, "user_id": user_id, "requested_at": "2026-01-02T00:00:00Z",
            });
            let asked = Event::new("lyceum.users.ErasureRequested.v1", data).about("user", user_id, 1);
            app.deliver(&asked).unwrap();
        }
        librarian(app).get(&path).send().expect(404);
        assert_eq!(names(app, "?q=ada"), [""; 0]);
        assert_eq!(kinds(app), ["ReaderAdded", "ReaderRemoved", "ErasureAnswered", "ErasureAnswered"]);
        has_account(app, ADA);
        assert_eq!(add(app, &fields(ADA, "Ada")).expect(422).problem().pointers(), ["/user_id"]);
    });
}
