//! Circulation on SQLite and on PostgreSQL: lending and taking back, rules, closed days, fines, what is heard and published.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod closures;
mod copies;
mod erasure;
mod holds;
mod library;
mod library_import;
mod lists;
mod parallel;
mod queue;
mod reminders;
mod rules;

use lyceum_kit::{clock::Timestamp, ids, prelude::Uuid, role::Role};
use lyceum_lendings::SERVICE;
use lyceum_testing::{Answer, App, As, Crash, Event};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/lendings";
const FIRST_DAY: &str = "2026-01-05T10:00:00Z";

fn librarian(app: &App) -> As<'_> {
    app.as_role(Role::Librarian)
}

/// The clock stands at this moment from now on.
fn at(app: &App, moment: &str) {
    app.stop_clock(moment.parse().unwrap());
}

fn now() -> Timestamp {
    FIRST_DAY.parse().unwrap()
}

/// A copy of a book, as the catalogue tells of it.
#[derive(Clone, Copy)]
struct Copy {
    item: Uuid,
    book: Uuid,
}

fn item_event(kind: &str, copy: Copy, sequence: u64, change: &Value) -> Event {
    let time = if kind == "ItemAdded" { "added_at" } else { "changed_at" };
    let mut data = json!({
        "item_id": copy.item, "book_id": copy.book, "barcode": copy.item.to_string(), "location": "Main",
        "item_type": null, "status": "available",
    });
    data[time] = json!(now());
    for (member, value) in change.as_object().into_iter().flatten() {
        data[member] = value.clone();
    }
    Event::new(&format!("lyceum.books.{kind}.v1"), data).about("item", &copy.item.to_string(), sequence)
}

/// The catalogue has one more copy of this book.
fn copy_of(app: &App, book: Uuid, change: &Value) -> Copy {
    let copy = Copy { item: ids::new(), book };
    app.deliver(&item_event("ItemAdded", copy, 1, change)).unwrap();
    copy
}

fn copy(app: &App) -> Copy {
    copy_of(app, ids::new(), &Value::Null)
}

/// A reader, as readers tell of them.
#[derive(Clone)]
struct Reader {
    id: Uuid,
    user: Uuid,
    number: String,
}

fn reader_in(app: &App, category: &str) -> Reader {
    let (id, user) = (ids::new(), ids::new());
    let reader = Reader { id, user, number: format!("2026/{}", id.simple()) };
    let data = json!({
        "reader_id": id, "number": reader.number, "user_id": user, "full_name": "Ada", "email": "ada@example.org",
        "category": category, "birth_date": "1990-12-10", "phone_number": null, "interests": [], "blocked": false,
        "added_at": now(),
    });
    let added = Event::new("lyceum.readers.ReaderAdded.v1", data).about("reader", &id.to_string(), 1);
    app.deliver(&added).unwrap();
    reader
}

fn reader(app: &App) -> Reader {
    reader_in(app, "adult")
}

fn lend(app: &App, copy: Copy, reader: &Reader) -> Answer {
    librarian(app).post(PATH).json(&json!({ "item_id": copy.item, "reader_id": reader.id })).send()
}

/// The path of a lending that began.
fn lent(app: &App, copy: Copy, reader: &Reader) -> String {
    lend(app, copy, reader).expect(201).header("location").unwrap().to_owned()
}

fn give_back(app: &App, path: &str) -> Answer {
    librarian(app).post(&format!("{path}/return")).send()
}

fn renew(app: &App, path: &str) -> Answer {
    librarian(app).post(&format!("{path}/renew")).send()
}

fn account(app: &App, reader: &Reader) -> (i64, i64) {
    let answer =
        librarian(app).get(&format!("/api/v1/reader-accounts/{}", reader.id)).send().expect(200).json();
    (answer["open_lendings"].as_i64().unwrap(), answer["unpaid_cents"].as_i64().unwrap())
}

/// The catalogue has this book.
fn book(app: &App, book: Uuid) {
    let data = json!({
        "book_id": book, "isbn": null, "title": "Emma", "subtitle": null, "contributors": [], "genre_id": null,
        "subjects": [], "language": null, "year": null, "publisher": null, "added_at": now(),
    });
    app.deliver(&Event::new("lyceum.books.BookAdded.v1", data).about("book", &book.to_string(), 1)).unwrap();
}

fn place(app: &App, book: Uuid, reader: &Reader) -> Answer {
    librarian(app).post("/api/v1/holds").json(&json!({ "book_id": book, "reader_id": reader.id })).send()
}

/// The codes of the reasons of a refusal.
fn reasons(answer: Answer) -> Vec<String> {
    let problem = answer.expect(409).problem();
    assert_eq!(problem.error_code, "LENDING_REFUSED");
    problem.details.iter().map(|detail| detail["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_copy_is_lent_once_for_a_key_with_the_years_next_number_and_comes_back() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, reader) = (copy(app), reader(app));
        let by_label = json!({ "barcode": copy.item.to_string(), "reader_number": reader.number });
        let request = librarian(app).post(PATH).json(&by_label).key("k1");
        let first = request.clone().send().expect(201);
        let again = request.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), "\"1\""));
        let path = first.header("location").unwrap();
        let lending = first.json();
        assert_eq!(
            (&lending["number"], &lending["started_on"], &lending["due_on"], &lending["returned_at"]),
            (&json!("2026/1"), &json!("2026-01-05"), &json!("2026-01-20"), &Value::Null)
        );
        assert_eq!(reasons(lend(app, copy, &reader)), ["ITEM_LENT"]);
        assert_eq!(account(app, &reader), (1, 0));

        let back = librarian(app).post(&format!("{path}/return")).key("k2");
        let returned = back.clone().send().expect(200);
        assert_eq!(back.send().expect(200).body(), returned.body());
        assert_eq!((returned.tag(), &returned.json()["fine_cents"]), ("\"2\"", &json!(0)));
        assert_eq!(give_back(app, path).expect(409).problem().error_code, "ALREADY_RETURNED");
        assert_eq!(renew(app, path).expect(409).problem().error_code, "ALREADY_RETURNED");
        assert_eq!(account(app, &reader), (0, 0));
        assert_eq!(lend(app, copy, &reader).expect(201).json()["number"], "2026/2");
        at(app, "2027-01-01T00:00:00Z");
        let (copy, reader) = (self::copy(app), self::reader(app));
        assert_eq!(lend(app, copy, &reader).expect(201).json()["number"], "2027/1");

        let kinds: Vec<String> = app.events().into_iter().map(|event| event.kind).collect();
        let expected = ["LendingStarted", "LendingReturned", "LendingStarted", "LendingStarted"];
        assert_eq!(kinds, expected.map(|kind| format!("lyceum.lendings.{kind}.v1")));
        assert_eq!(app.events()[1].data["days_overdue"], 0);
    });
}

#[test]
fn a_checkout_that_fails_leaves_no_number_out() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, reader) = (copy(app), reader(app));
        app.fail_next_commit(Crash::BeforeCommit);
        lend(app, copy, &reader).expect(503);
        let request = json!({ "item_id": copy.item, "reader_id": reader.id });
        app.fail_next_commit(Crash::AfterCommit);
        let number =
            librarian(app).post(PATH).json(&request).key("k").send().expect(201).json()["number"].clone();
        assert!(number.as_str().unwrap().ends_with("/1"), "{number}");
        assert_eq!(app.events().len(), 1);
    });
}

#[test]
fn what_is_late_costs_open_days_is_owed_and_is_paid_or_waived_once() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let (first, second) = (lent(app, copy(app), &reader), lent(app, copy(app), &reader));
        // Due on 20 January: of the four days since then one is closed everywhere, one here, and one elsewhere.
        for (location, day) in [("*", "2026-01-21"), ("Main", "2026-01-22"), ("Annex", "2026-01-23")] {
            let body = json!({ "location": location, "day": day });
            librarian(app).post("/api/v1/closed-days").json(&body).send().expect(201);
        }
        at(app, "2026-01-24T23:59:59Z");
        let returned = give_back(app, &first).expect(200).json();
        assert_eq!((&returned["days_overdue"], &returned["fine_cents"]), (&json!(4), &json!(400)));
        give_back(app, &second).expect(200);
        assert_eq!(account(app, &reader), (0, 800));
        let own = app.as_user(&reader.user.to_string());
        let fines = own.get("/api/v1/fines?state=unpaid").send().expect(200).json();
        let paths: Vec<String> = fines["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fine| format!("/api/v1/fines/{}", fine["id"].as_str().unwrap()))
            .collect();
        assert_eq!(paths.len(), 2);
        for (path, settlement, left) in [(&paths[0], "paid", 400), (&paths[1], "waived", 0)] {
            let settle = |who: As<'_>| {
                who.post(&format!("{path}/settlement")).json(&json!({ "settlement": settlement })).send()
            };
            settle(app.as_user(&reader.user.to_string()).with_role(Role::Reader)).expect(403);
            assert_eq!(settle(librarian(app)).expect(200).json()["state"], settlement);
            assert_eq!(settle(librarian(app)).expect(409).problem().error_code, "ALREADY_SETTLED");
            assert_eq!(account(app, &reader), (0, left));
            assert_eq!(own.get(path).send().expect(200).json()["state"], settlement);
            app.as_role(Role::Reader).get(path).send().expect(404);
        }
        assert_eq!(app.events_of("lyceum.lendings.FineCharged.v1").len(), 2);
        let settled = app.events_of("lyceum.lendings.FineSettled.v1");
        assert_eq!(
            settled.iter().map(|event| &event.data["settlement"]).collect::<Vec<_>>(),
            ["paid", "waived"]
        );
    });
}

#[test]
fn a_lending_is_renewed_by_its_reader_as_often_as_the_rule_allows_and_never_loses_days() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        let own = |app: &App| app.as_user(&reader.user.to_string()).post(&format!("{path}/renew")).send();
        // On the day of the checkout nothing would be gained, and no renewal is used up.
        for _ in 0..3 {
            assert_eq!(reasons(own(app)), ["NOTHING_GAINED"]);
        }
        at(app, "2026-01-10T10:00:00Z");
        let renewed = own(app).expect(200);
        assert_eq!((&renewed.json()["due_on"], renewed.tag()), (&json!("2026-01-25"), "\"2\""));
        app.as_role(Role::Reader).post(&format!("{path}/renew")).send().expect(404);
        librarian(app).post(&format!("{path}/renew")).if_match("\"1\"").send().expect(412);
        assert_eq!(reasons(renew(app, &path)), ["NOTHING_GAINED"]);
        at(app, "2026-01-11T10:00:00Z");
        assert_eq!(renew(app, &path).expect(200).json()["due_on"], "2026-01-26");
        at(app, "2026-01-12T10:00:00Z");
        assert_eq!(reasons(own(app)), ["RENEWED_TOO_OFTEN"]);
        at(app, "2026-01-27T00:00:00Z");
        assert_eq!(reasons(own(app)), ["RENEWED_TOO_OFTEN", "READER_OVERDUE"]);
        let events = app.events_of("lyceum.lendings.LendingRenewed.v1");
        assert_eq!((&events[0].data["was_due_on"], events.len()), (&json!("2026-01-20"), 2));
    });
}

#[test]
fn what_somebody_else_changed_in_the_meantime_is_refused_to_who_named_its_state_and_read_again_for_others() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        at(app, "2026-01-07T10:00:00Z");
        let touch = "UPDATE lendings SET version = version + 1";
        let meant_for = |what: &str, tag: &str| {
            librarian(app).post(&format!("{path}/{what}")).if_match(tag).send().status()
        };
        app.commit_first(touch);
        assert_eq!(meant_for("renew", "\"1\""), 412);
        app.commit_first(touch);
        assert_eq!(renew(app, &path).expect(200).tag(), "\"4\"");
        app.commit_first(touch);
        assert_eq!(meant_for("return", "\"4\""), 412);
        app.commit_first(touch);
        assert_eq!(give_back(app, &path).expect(200).tag(), "\"7\"");
        assert_eq!(account(app, &reader), (0, 0));
    });
}

#[test]
fn what_is_not_known_or_named_badly_is_told_and_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, reader, nobody) = (copy(app), reader(app), ids::new());
        for (body, pointers) in [
            (json!({}), vec!["/item_id", "/reader_id"]),
            (json!({ "item_id": nobody, "reader_number": "x" }), vec!["/item_id", "/reader_id"]),
            (json!({ "item_id": copy.item, "barcode": "b", "reader_id": reader.id }), vec!["/item_id"]),
            (json!({ "item_id": "b", "reader_id": reader.id }), vec!["/item_id"]),
            (json!({ "item_id": copy.item, "reader_id": reader.id, "days": 7 }), vec!["/days"]),
        ] {
            for path in [PATH, "/api/v1/lendings/check"] {
                let refused = librarian(app).post(path).json(&body).send().expect(422).problem();
                assert_eq!(refused.pointers(), pointers, "{body}");
            }
        }
        // What is gone isn't known any more.
        let gone = json!({ "item_id": copy.item, "book_id": copy.book, "removed_at": now() });
        let removed =
            Event::new("lyceum.books.ItemRemoved.v1", gone).about("item", &copy.item.to_string(), 2);
        app.deliver(&removed).unwrap();
        app.deliver(&item_event("ItemAdded", copy, 1, &Value::Null)).unwrap();
        lend(app, copy, &reader).expect(422);
        let gone = json!({ "reader_id": reader.id, "user_id": reader.user, "removed_at": now() });
        let removed =
            Event::new("lyceum.readers.ReaderRemoved.v1", gone).about("reader", &reader.id.to_string(), 2);
        app.deliver(&removed).unwrap();
        lend(app, self::copy(app), &reader).expect(422);
        assert!(app.events().is_empty());
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
