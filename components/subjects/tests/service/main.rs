//! Subjects on SQLite and on PostgreSQL.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::erasure::ErasureRequested;
use lyceum_kit::role::Role;
use lyceum_kit::{clock, ids};
use lyceum_subjects::SERVICE;
use lyceum_testing::{App, As, Event, contract};
use serde_json::{Value, json};

const SUBJECTS: &str = "/api/v1/subjects";

fn admin(app: &App) -> As<'_> {
    app.as_role(Role::Admin)
}

fn create(app: &App, body: &Value) -> Value {
    let mut all = json!({ "semester_id": 1, "name": "A subject" });
    for (name, value) in body.as_object().unwrap() {
        all[name] = value.clone();
    }
    admin(app).post(&format!("{SUBJECTS}/")).json(&all).send().expect(201).json()
}

fn get(app: &App, path: &str) -> Value {
    app.as_role(Role::Student).get(&format!("{SUBJECTS}{path}")).send().expect(200).json()
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}

#[test]
fn a_created_subject_has_the_contracts_names_and_its_defaults() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock("2026-01-31T12:00:00Z".parse().unwrap());
        let owner = ids::new().to_string();
        let teacher = app.as_user(&owner).with_role(Role::Instructor);
        let body = json!({ "semester_id": 7, "user_id": 1, "name": "Bases de Datos", "code": "CS301", "unknown": 1 });
        let made = teacher.post(&format!("{SUBJECTS}/")).json(&body).send().expect(201).json();
        let time = "2026-01-31T12:00:00.000000";
        let expected = json!({
            "id": 1, "semester_id": 7, "user_id": 1, "name": "Bases de Datos", "code": "CS301", "credits": null,
            "description": null, "prerequisites": [], "status": "active", "created_at": time, "updated_at": time,
            "owner_id": owner
        });
        assert_eq!(made, expected);
        assert_eq!(get(app, "/1"), expected);
        let missing = admin(app).get(&format!("{SUBJECTS}/9")).send().expect(404).json();
        assert_eq!(missing["error_message"], "Subject 9 not found");
        assert_eq!(app.events_of("lyceum.subjects.Created.v1").len(), 1);
        create(app, &json!({ "code": "CS301" }));
        app.anonymous().get(&format!("{SUBJECTS}/1")).send().expect(401);
        let sent_on = admin(app).get(&format!("{SUBJECTS}?limit=1")).send().expect(307);
        assert_eq!(sent_on.header("location"), Some("/api/v1/subjects/?limit=1"));
    });
}

#[test]
fn what_breaks_a_rule_is_422_with_its_place() {
    let app = App::new(&SERVICE).sqlite();
    let refused = |field: &str, value: Value| {
        let mut body = json!({ "semester_id": 1, "name": "A subject" });
        body[field] = value;
        let answer = admin(&app).post(&format!("{SUBJECTS}/")).json(&body).send().expect(422).json();
        assert_eq!(answer["detail"][0]["loc"][1], json!(field), "{body} {answer}");
    };
    for (field, value) in [
        ("semester_id", json!(0)),
        ("semester_id", json!("one")),
        ("name", json!("")),
        ("name", json!("n".repeat(101))),
        ("code", json!("")),
        ("code", json!("c".repeat(21))),
        ("code", json!("CS/1")),
        ("credits", json!(-1)),
        ("credits", json!(11)),
        ("description", json!("d".repeat(10_001))),
        ("prerequisites", json!([9])),
        ("prerequisites", json!("none")),
        ("status", json!("gone")),
    ] {
        refused(field, value);
    }
    admin(&app).get(&format!("{SUBJECTS}/seven")).send().expect(422);
    admin(&app).get(&format!("{SUBJECTS}/?limit=1001")).send().expect(422);
    admin(&app).get(&format!("{SUBJECTS}/?status=gone")).send().expect(422);
    app.configure("subject_max_credits", "30");
    create(&app, &json!({ "credits": 30 }));
    refused("credits", json!(31));
}

#[test]
fn prerequisites_are_there_and_make_no_circle() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({}));
        create(app, &json!({ "prerequisites": [1] }));
        create(app, &json!({ "prerequisites": [2, 1] }));
        let put = |id: i64, before: Value| {
            let body = json!({ "prerequisites": before });
            admin(app).put(&format!("{SUBJECTS}/{id}")).json(&body).send()
        };
        for (id, before) in [(1, json!([3])), (1, json!([1])), (2, json!([9])), (3, json!([1, 1]))] {
            let answer = put(id, before).expect(422).json();
            assert_eq!(answer["detail"][0]["loc"][1], "prerequisites");
        }
        put(3, json!([2])).expect(200);
        assert_eq!(get(app, "/3")["prerequisites"], json!([2]));
    });
}

#[test]
fn what_comes_before_another_subject_is_not_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({}));
        create(app, &json!({ "prerequisites": [1] }));
        let delete = |id: i64| admin(app).delete(&format!("{SUBJECTS}/{id}")).send();
        delete(1).expect(409);
        assert_eq!(delete(2).expect(200).json()["success"], true);
        delete(1).expect(200);
        delete(1).expect(404);
        assert_eq!(app.events_of("lyceum.subjects.Deleted.v1").len(), 2);
    });
}

#[test]
fn a_list_is_filtered_sorted_and_paged_and_says_how_many_there_are() {
    App::new(&SERVICE).on_each_database(|app| {
        for (name, semester, status, code) in
            [("C", 1, "active", "A1"), ("á", 2, "active", "A1"), ("B", 2, "archived", "B1")]
        {
            create(app, &json!({ "name": name, "semester_id": semester, "status": status, "code": code }));
        }
        for (query, names, total) in [
            ("", ["C", "á", "B"].as_slice(), 3),
            ("?semester_id=2", &["á", "B"], 2),
            ("?status=active&semester_id=2", &["á"], 1),
            ("?code=A1", &["C", "á"], 2),
            ("?sort=name", &["á", "B", "C"], 3),
            ("?skip=1&limit=1&other=1", &["á"], 3),
        ] {
            let list = get(app, &format!("/{query}"));
            let found: Vec<&str> =
                list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
            assert_eq!((found.as_slice(), &list["total"]), (names, &json!(total)), "{query}");
        }
        let owner = get(app, "/1")["owner_id"].as_str().unwrap().to_owned();
        assert!(get(app, &format!("/?owner_id={owner}"))["total"].as_u64() >= Some(1));
    });
}

#[test]
fn a_change_leaves_what_is_not_given_and_heeds_the_state_that_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "code": "A", "credits": 5 }));
        let path = format!("{SUBJECTS}/1");
        let body = json!({ "credits": 7, "code": null });
        let changed = admin(app).put(&path).json(&body).send().expect(200).json();
        assert_eq!((&changed["credits"], &changed["code"]), (&json!(7), &Value::Null));
        assert_eq!(changed["name"], "A subject");
        let tag = admin(app).get(&path).send().expect(200).header("etag").unwrap().to_owned();
        admin(app).put(&path).header("if-match", "\"1\"").json(&body).send().expect(412);
        admin(app).put(&path).header("if-match", &tag).json(&body).send().expect(200);
        admin(app).delete(&path).header("if-match", &tag).send().expect(412);
        assert_eq!(app.events_of("lyceum.subjects.Updated.v1").len(), 2);
    });
}

#[test]
fn those_who_teach_change_their_own_and_administrators_everybodys() {
    App::new(&SERVICE).on_each_database(|app| {
        let (one, other) = (ids::new().to_string(), ids::new().to_string());
        let teacher = |id: &str| app.as_user(id).with_role(Role::Instructor);
        let body = json!({ "semester_id": 1, "name": "Mine" });
        app.as_role(Role::Student).post(&format!("{SUBJECTS}/")).json(&body).send().expect(403);
        teacher(&one).post(&format!("{SUBJECTS}/")).json(&body).send().expect(201);
        let path = format!("{SUBJECTS}/1");
        teacher(&other).put(&path).json(&json!({})).send().expect(403);
        teacher(&other).delete(&path).send().expect(403);
        teacher(&one).put(&path).json(&json!({})).send().expect(200);
        admin(app).put(&path).json(&json!({})).send().expect(200);
    });
}

#[test]
fn anything_is_noted_of_a_subject_by_a_key() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({}));
        let path = |key: &str| format!("{SUBJECTS}/1/metadata/{key}");
        for value in [json!("beginner"), json!(["Python", "Java"])] {
            let body = json!({ "metadata_value": value });
            admin(app).put(&path("level")).json(&body).send().expect(200);
            let noted = get(app, "/1/metadata/");
            assert_eq!((&noted["items"][0]["metadata_value"], &noted["total"]), (&value, &json!(1)));
        }
        let long = path(&"k".repeat(101));
        admin(app).put(&long).json(&json!({ "metadata_value": 1 })).send().expect(422);
        let other = ids::new().to_string();
        app.as_user(&other).with_role(Role::Instructor).delete(&path("level")).send().expect(403);
        admin(app).delete(&path("level")).send().expect(200);
        admin(app).delete(&path("level")).send().expect(404);
        admin(app).put(&path("level")).json(&json!({ "metadata_value": 1 })).send().expect(200);
        admin(app).delete(&format!("{SUBJECTS}/1")).send().expect(200);
        admin(app).get(&path("")).send().expect(404);
    });
}

#[test]
fn a_report_adds_up_the_credits_of_each_semester() {
    App::new(&SERVICE).on_each_database(|app| {
        for (semester, credits, status) in [(1, 5, "active"), (1, 4, "active"), (2, 3, "archived")] {
            create(app, &json!({ "semester_id": semester, "credits": credits, "status": status }));
        }
        let expected = json!([
            { "semester_id": 1, "status": "active", "subjects": 2, "credits": 9 },
            { "semester_id": 2, "status": "archived", "subjects": 1, "credits": 3 }
        ]);
        assert_eq!(get(app, "/reports/credits")["items"], expected);
    });
}

#[test]
fn of_somebody_whose_data_is_erased_subjects_stay_and_are_nobodys() {
    App::new(&SERVICE).on_each_database(|app| {
        let user = ids::new().to_string();
        let body = json!({ "semester_id": 1, "name": "Mine" });
        let me = app.as_user(&user).with_role(Role::Instructor);
        me.post(&format!("{SUBJECTS}/")).json(&body).send().expect(201);
        let requested = ErasureRequested {
            erasure_id: ids::new(),
            user_id: user.parse().unwrap(),
            requested_at: clock::now(),
        };
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", &requested)).unwrap();
        assert_eq!(get(app, "/1")["owner_id"], Value::Null);
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
    });
}
