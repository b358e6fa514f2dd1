//! Circulation rules: which one decides, what it refuses, and that each decision explains itself.

use super::*;

const RULES: &str = "/api/v1/circulation-rules";

fn rule_of(change: &Value) -> Value {
    let mut rule = json!({
        "loan_days": 7, "max_lendings": 1, "max_renewals": 0, "fine_cents_per_day": 50, "pickup_days": 3,
        "blocked_while_overdue": false,
    });
    for (member, value) in change.as_object().unwrap() {
        rule[member] = value.clone();
    }
    rule
}

fn add(app: &App, change: &Value) -> Answer {
    librarian(app).post(RULES).json(&rule_of(change)).send()
}

fn check(app: &App, copy: Copy, reader: &Reader) -> Value {
    let body = json!({ "item_id": copy.item, "reader_id": reader.id });
    librarian(app).post("/api/v1/lendings/check").json(&body).send().expect(200).json()
}

fn codes(check: &Value) -> Vec<&str> {
    check["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[test]
fn the_most_specific_rule_decides_and_is_named_by_the_check() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let dvd = copy_of(app, ids::new(), &json!({ "item_type": "dvd" }));
        let student = reader_in(app, "student");
        let mut expected = check(app, dvd, &student)["rule"]["id"].clone();
        assert_eq!(expected, "00000000-0000-7000-8000-000000000001");
        for scope in [
            json!({ "item_type": "dvd" }),
            json!({ "reader_category": "student" }),
            json!({ "location": "Main" }),
            json!({ "location": "Main", "item_type": "dvd" }),
            json!({ "location": "Main", "reader_category": "student", "item_type": "dvd", "loan_days": 2 }),
        ] {
            let added = add(app, &scope).expect(201).json();
            let checked = check(app, dvd, &student);
            assert_eq!(checked["rule"], added, "{scope}");
            expected = added["id"].clone();
        }
        // Of another place, type and category it is none of these.
        let map = copy_of(app, ids::new(), &json!({ "item_type": "map", "location": null }));
        assert_eq!(check(app, map, &reader(app))["rule"]["loan_days"], 15);
        let lending = lend(app, dvd, &student).expect(201).json();
        assert_eq!((&lending["due_on"], &lending["terms"]["rule_id"]), (&json!("2026-01-07"), &expected));
        assert_eq!(add(app, &json!({ "item_type": "dvd" })).expect(409).problem().error_code, "SCOPE_TAKEN");
    });
}

#[test]
fn a_check_and_a_refusal_have_the_same_reasons_all_at_once() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (reader, other) = (reader(app), reader(app));
        for _ in 0..3 {
            lent(app, copy(app), &reader);
        }
        let taken = copy_of(app, ids::new(), &Value::Null);
        lent(app, taken, &other);
        at(app, "2026-01-21T00:00:00Z");
        app.deliver(&item_event("ItemChanged", taken, 2, &json!({ "status": "in_repair" }))).unwrap();
        let checked = check(app, taken, &reader);
        let expected = ["ITEM_LENT", "ITEM_NOT_LENDABLE", "LIMIT_REACHED", "READER_OVERDUE"];
        assert_eq!((codes(&checked), &checked["allowed"]), (expected.to_vec(), &json!(false)));
        let refused = lend(app, taken, &reader).expect(409).problem();
        assert_eq!(json!(refused.details), checked["reasons"]);
        // On loan is what the catalogue heard from here.
        let back = copy_of(app, ids::new(), &json!({ "status": "on_loan" }));
        let free = check(app, back, &self::reader(app));
        assert_eq!((codes(&free), &free["allowed"]), (vec![], &json!(true)));
        assert_eq!(app.events().len(), 4);
    });
}

#[test]
fn a_reader_whom_a_librarian_blocked_borrows_and_renews_nothing_until_they_are_active_again() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        let heard = |blocked: bool, sequence: u64| {
            let data = json!({
                "reader_id": reader.id, "number": reader.number, "user_id": reader.user, "full_name": "Ada",
                "email": "ada@example.org", "category": "adult", "birth_date": "1990-12-10", "phone_number": null,
                "interests": [], "blocked": blocked, "changed_at": now(),
            });
            let changed = Event::new("lyceum.readers.ReaderChanged.v1", data);
            app.deliver(&changed.about("reader", &reader.id.to_string(), sequence)).unwrap();
        };
        heard(true, 2);
        assert_eq!(codes(&check(app, copy(app), &reader)), ["READER_BLOCKED"]);
        assert_eq!(reasons(lend(app, copy(app), &reader)), ["READER_BLOCKED"]);
        assert_eq!(reasons(renew(app, &path)), ["READER_BLOCKED", "NOTHING_GAINED"]);
        heard(false, 3);
        at(app, "2026-01-06T10:00:00Z");
        renew(app, &path).expect(200);
        // What they have comes back all the same.
        heard(true, 4);
        give_back(app, &path).expect(200);
        heard(false, 5);
        lent(app, copy(app), &reader);
    });
}

#[test]
fn a_rule_that_is_changed_holds_from_now_on_and_what_was_agreed_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        let rule = format!("{RULES}/00000000-0000-7000-8000-000000000001");
        let change = json!({
            "loan_days": 30, "fine_cents_per_day": 10, "grace_days": 2, "fine_cap_cents": 25, "max_lendings": 1,
            "blocked_while_overdue": false,
        });
        librarian(app).patch(&rule).json(&change).send().expect(428);
        librarian(app).patch(&rule).if_match("\"1\"").json(&change).send().expect(200);
        librarian(app).patch(&rule).if_match("\"1\"").json(&change).send().expect(412);
        assert_eq!(reasons(lend(app, copy(app), &reader)), ["LIMIT_REACHED"]);
        at(app, "2026-01-22T10:00:00Z");
        assert_eq!(give_back(app, &path).expect(200).json()["fine_cents"], 400);
        let lending = lend(app, copy(app), &reader).expect(201);
        assert_eq!(lending.json()["due_on"], "2026-02-21");
        at(app, "2026-02-24T10:00:00Z");
        // Three days late, of which two cost nothing.
        let path = lending.header("location").unwrap().to_owned();
        assert_eq!(give_back(app, &path).expect(200).json()["fine_cents"], 10);
        let path = lent(app, copy(app), &reader);
        at(app, "2026-12-31T10:00:00Z");
        assert_eq!(give_back(app, &path).expect(200).json()["fine_cents"], 25);
    });
}

#[test]
fn the_rule_for_everything_else_is_never_without_and_others_can_be_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        let last = format!("{RULES}/00000000-0000-7000-8000-000000000001");
        let refused = librarian(app).delete(&last).send().expect(409).problem();
        assert_eq!(refused.error_code, "LAST_RESORT");
        let narrowed = json!({ "location": "Main" });
        librarian(app).patch(&last).if_match("\"1\"").json(&narrowed).send().expect(409);
        let added = add(app, &narrowed).expect(201);
        let path = added.header("location").unwrap().to_owned();
        let widened = json!({ "location": "*" });
        let taken = librarian(app).patch(&path).if_match("\"1\"").json(&widened).send().expect(409).problem();
        assert_eq!(taken.error_code, "SCOPE_TAKEN");
        let rules = app.as_role(Role::Reader).get(RULES).send().expect(200).json();
        assert_eq!(rules["items"][0], added.json());
        librarian(app).delete(&path).if_match("\"2\"").send().expect(412);
        app.as_role(Role::Reader).delete(&path).send().expect(403);
        librarian(app).delete(&path).send().expect(204);
        librarian(app).get(&path).send().expect(404);
        for (change, pointer) in [
            (json!({ "loan_days": 0 }), "/loan_days"),
            (json!({ "location": " " }), "/location"),
            (json!({ "pickup_days": 91 }), "/pickup_days"),
            (json!({ "max_lendings": -1 }), "/max_lendings"),
            (json!({ "colour": "red" }), "/colour"),
        ] {
            assert_eq!(add(app, &change).expect(422).problem().pointers(), [pointer]);
        }
    });
}

#[test]
fn nothing_is_due_on_a_closed_day_of_the_copys_place() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let days = "/api/v1/closed-days";
        let close = |location: &str, day: &str| {
            librarian(app).post(days).json(&json!({ "location": location, "day": day })).send()
        };
        close("*", "2026-01-20").expect(201);
        let holiday = close("Main", "2026-01-21").expect(201);
        assert_eq!(close("Main", "2026-01-21").expect(409).problem().error_code, "DAY_TAKEN");
        close("Annex", "2026-01-22").expect(201);
        close("Main", "2026-02-30").expect(422);
        assert_eq!(lend(app, copy(app), &reader(app)).expect(201).json()["due_on"], "2026-01-22");
        let nowhere = copy_of(app, ids::new(), &json!({ "location": null }));
        assert_eq!(lend(app, nowhere, &reader(app)).expect(201).json()["due_on"], "2026-01-21");
        let path = holiday.header("location").unwrap();
        assert_eq!(app.as_role(Role::Reader).get(path).send().expect(200).json(), holiday.json());
        librarian(app).delete(path).send().expect(204);
        librarian(app).delete(path).send().expect(404);
        assert_eq!(lend(app, copy(app), &reader(app)).expect(201).json()["due_on"], "2026-01-21");
        let main = app.as_role(Role::Reader).get(&format!("{days}?day_from=2026-01-21")).send().expect(200);
        assert_eq!(main.json()["items"].as_array().unwrap().len(), 1);
    });
}
