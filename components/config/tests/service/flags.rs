//! Flags, row by row of section 4.

use super::*;

fn create(app: &App, body: &Value) -> Value {
    let mut all = json!({ "flag_name": "A flag" });
    for (name, value) in body.as_object().unwrap() {
        all[name] = value.clone();
    }
    admin(app).post(&format!("{FLAGS}/")).json(&all).send().expect(201).json()
}

fn get(app: &App, path: &str) -> Value {
    admin(app).get(&format!("{FLAGS}{path}")).send().expect(200).json()
}

fn text(app: &App, path: &str) -> String {
    admin(app).get(&format!("{FLAGS}{path}")).send().expect(200).text().to_owned()
}

#[test]
fn a_created_flag_has_the_contracts_keys_in_its_order_and_its_defaults() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock("2026-01-31T12:00:00Z".parse().unwrap());
        let body = json!({ "flag_name": "New editor", "flag_key": "new_editor", "unknown": 1 });
        let answer = admin(app).post(&format!("{FLAGS}/")).json(&body).send().expect(201);
        let expected = concat!(
            r#"{"flag_name":"New editor","flag_key":"new_editor","description":null,"is_enabled":false,"#,
            r#""environment":"all","service_name":null,"rollout_percentage":0,"conditions":null,"expires_at":null,"#,
            r#""id":1,"created_at":"2026-01-31T12:00:00.000000","updated_at":"2026-01-31T12:00:00.000000","#,
            r#""created_by":null}"#
        );
        assert_eq!(answer.text(), expected);
        assert_eq!((text(app, "/1"), text(app, "/key/new_editor")), (expected.to_owned(), expected.to_owned()));
        assert_eq!(text(app, "/key/none"), "null");
        admin(app).get(&format!("{FLAGS}/9")).send().expect(404);
        assert_eq!(app.events_of("lyceum.config.FlagChanged.v1").len(), 1);
    });
}

#[test]
fn what_breaks_a_rule_is_422_with_its_place() {
    let app = App::new(&SERVICE).sqlite();
    let good = json!({ "flag_name": "A flag", "flag_key": "a" });
    for (field, value) in [
        ("flag_name", json!("")),
        ("flag_name", json!("n".repeat(101))),
        ("flag_key", json!("")),
        ("flag_key", json!("123")),
        ("flag_key", json!("new-editor")),
        ("flag_key", json!("A")),
        ("is_enabled", json!("perhaps")),
        ("environment", json!("moon")),
        ("service_name", json!("s".repeat(51))),
        ("rollout_percentage", json!(101)),
        ("rollout_percentage", json!(-1)),
        ("conditions", json!([1])),
        ("expires_at", json!("tomorrow")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = admin(&app).post(&format!("{FLAGS}/")).json(&body).send().expect(422).json();
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]), "{body} {answer}");
    }
    admin(&app).get(&format!("{FLAGS}/seven")).send().expect(422);
}

#[test]
fn a_key_is_there_once_over_all_environments_and_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "flag_key": "a" }));
        let again = json!({ "flag_name": "Another", "flag_key": "a", "environment": "staging" });
        let answer = admin(app).post(&format!("{FLAGS}/")).json(&again).send().expect(400).json();
        assert_eq!(answer["error_code"], "HTTP_ERROR");
        let change = json!({ "flag_key": "b", "environment": "staging", "flag_name": "Renamed" });
        let changed = admin(app).put(&format!("{FLAGS}/1")).json(&change).send().expect(200).json();
        assert_eq!(
            (&changed["flag_key"], &changed["environment"], &changed["flag_name"]),
            (&json!("a"), &json!("all"), &json!("Renamed"))
        );
    });
}

#[test]
fn a_list_holds_an_environments_and_alls_flags_that_have_not_expired() {
    App::new(&SERVICE).on_each_database(|app| {
        for (key, environment, service, on, expires) in [
            ("a", "all", None, true, None),
            ("b", "staging", Some("files"), false, Some("2999-01-01T00:00:00")),
            ("c", "production", None, true, None),
            ("d", "all", None, true, Some("2020-01-01T00:00:00")),
        ] {
            create(
                app,
                &json!({
                    "flag_key": key, "environment": environment, "service_name": service, "is_enabled": on,
                    "expires_at": expires
                }),
            );
        }
        for (query, keys) in [
            ("", ["a", "b", "c"].as_slice()),
            ("?environment=staging", &["a", "b"]),
            ("?service_name=files", &["b"]),
            ("?is_enabled=false", &["b"]),
            ("?include_expired=true", &["a", "b", "c", "d"]),
            ("?skip=1&limit=1", &["b"]),
        ] {
            let list = get(app, &format!("/{query}"));
            let found: Vec<&str> =
                list.as_array().unwrap().iter().map(|c| c["flag_key"].as_str().unwrap()).collect();
            assert_eq!(found, keys, "{query}");
        }
        admin(app).get(&format!("{FLAGS}/?limit=1001")).send().expect(422);
    });
}

#[test]
fn bulk_has_enabled_and_unexpired_flags_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        for (key, on, percentage, expires) in [
            ("off", false, 100, None),
            ("old", true, 100, Some("2020-01-01T00:00:00")),
            ("full", true, 100, None),
            ("nobody", true, 0, None),
        ] {
            create(app, &json!({ "flag_key": key, "is_enabled": on, "rollout_percentage": percentage, "expires_at": expires }));
        }
        create(app, &json!({ "flag_key": "here", "is_enabled": true, "rollout_percentage": 100, "environment": "staging" }));
        assert_eq!(
            text(app, "/bulk?environment=production&user_id=7"),
            r#"{"flags":{"full":true,"nobody":false},"total_count":2,"environment":"production","service_name":null,"user_id":7}"#
        );
        assert_eq!(get(app, "/bulk")["flags"], json!({ "full": true, "here": true, "nobody": false }));
        assert_eq!(get(app, "/bulk?service_name=files")["total_count"], 0);
        admin(app).get(&format!("{FLAGS}/bulk?user_id=me")).send().expect(422);
    });
}

#[test]
fn an_evaluation_is_200_for_any_key_and_says_why() {
    App::new(&SERVICE).on_each_database(|app| {
        assert_eq!(
            text(app, "/evaluate/none"),
            concat!(
                r#"{"flag_key":"none","is_enabled":false,"rollout_percentage":0,"user_qualified":false,"#,
                r#""reason":"Flag not found","expires_at":null}"#
            )
        );
        create(
            app,
            &json!({
                "flag_key": "a", "is_enabled": true, "rollout_percentage": 100, "environment": "staging",
                "expires_at": "2999-01-01T00:00:00Z"
            }),
        );
        assert_eq!(
            text(app, "/evaluate/a?environment=staging&user_id=7"),
            concat!(
                r#"{"flag_key":"a","is_enabled":true,"rollout_percentage":100,"user_qualified":true,"#,
                r#""reason":"User qualifies for rollout","expires_at":"2999-01-01T00:00:00.000000"}"#
            )
        );
        let elsewhere = get(app, "/evaluate/a?environment=production");
        assert_eq!(elsewhere["reason"], "Environment mismatch: flag is for staging, requested production");
        assert_eq!(
            (text(app, "/check/a"), text(app, "/check/none")),
            (
                r#"{"flag_key":"a","enabled":true}"#.to_owned(),
                r#"{"flag_key":"none","enabled":false}"#.to_owned()
            )
        );
        assert_eq!(get(app, "/check/a?environment=production")["enabled"], false);
        for query in ["user_id=me", "environment=moon"] {
            admin(app).get(&format!("{FLAGS}/evaluate/a?{query}")).send().expect(422);
            admin(app).get(&format!("{FLAGS}/check/a?{query}")).send().expect(422);
        }
    });
}

#[test]
fn the_same_person_gets_the_same_answer_and_each_share_is_near_its_percentage() {
    let app = App::new(&SERVICE).sqlite();
    create(&app, &json!({ "flag_key": "half", "is_enabled": true, "rollout_percentage": 50 }));
    let is_on = |user: u32| get(&app, &format!("/check/half?user_id={user}"))["enabled"].as_bool().unwrap();
    let first: Vec<bool> = (0..200).map(is_on).collect();
    assert_eq!(first, (0..200).map(is_on).collect::<Vec<_>>());
    let share = first.iter().filter(|on| **on).count();
    assert!((65..=135).contains(&share), "{share}");
    // Without a person it is by chance.
    let drawn: Vec<Value> = (0..60).map(|_| get(&app, "/check/half")["enabled"].clone()).collect();
    assert!(drawn.contains(&json!(true)) && drawn.contains(&json!(false)));
}

#[test]
fn a_flag_is_changed_switched_and_rolled_out_and_others_hear_of_it() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "flag_key": "a", "conditions": { "never": [1] } }));
        let put = |path: &str| admin(app).put(&format!("{FLAGS}{path}")).send();
        assert_eq!(put("/toggle/a?enabled=true").expect(200).json()["is_enabled"], true);
        assert_eq!(put("/rollout/a?percentage=25").expect(200).json()["rollout_percentage"], 25);
        for (path, status) in [
            ("/toggle/none?enabled=true", 404),
            ("/toggle/a", 422),
            ("/toggle/a?enabled=perhaps", 422),
            ("/rollout/none?percentage=1", 404),
            ("/rollout/a", 422),
            ("/rollout/a?percentage=101", 422),
            ("/rollout/a?percentage=-1", 422),
        ] {
            put(path).expect(status);
        }
        let change = json!({ "description": "d", "conditions": null, "expires_at": "2999-01-01T00:00:00", "is_enabled": false });
        let changed = admin(app).put(&format!("{FLAGS}/1")).json(&change).send().expect(200).json();
        assert_eq!((&changed["conditions"], &changed["rollout_percentage"]), (&Value::Null, &json!(25)));
        admin(app).put(&format!("{FLAGS}/9")).json(&json!({})).send().expect(404);
        admin(app).put(&format!("{FLAGS}/1")).json(&json!({ "rollout_percentage": 101 })).send().expect(422);
        let toggled = app.events_of("lyceum.config.FlagToggled.v1");
        assert_eq!(toggled.iter().map(|event| &event.data["is_enabled"]).collect::<Vec<_>>(), [true, false]);
        assert_eq!(app.events_of("lyceum.config.FlagChanged.v1").len(), 4);
    });
}

#[test]
fn a_deleted_flag_is_gone_and_its_changes_stay_with_who_made_them() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "flag_key": "a" }));
        admin(app).put(&format!("{FLAGS}/toggle/a?enabled=true")).send().expect(200);
        let answer = admin(app).delete(&format!("{FLAGS}/1")).send().expect(200);
        assert_eq!(answer.text(), r#"{"success":true,"message":"Feature flag 1 deleted"}"#);
        admin(app).delete(&format!("{FLAGS}/1")).send().expect(404);
        assert_eq!(app.events_of("lyceum.config.FlagDeleted.v1").len(), 1);
        let history = get(app, "/1/history");
        let actions: Vec<&Value> = history.as_array().unwrap().iter().map(|note| &note["action"]).collect();
        assert_eq!(actions, ["deleted", "toggled", "created"]);
        assert!(history.as_array().unwrap().iter().all(|note| note["actor_id"].is_string()));
        assert_eq!(
            (&history[1]["old"]["flag"]["is_enabled"], &history[1]["new"]["flag"]["is_enabled"]),
            (&json!(false), &json!(true))
        );
        admin(app).get(&format!("{FLAGS}/9/history")).send().expect(404);
        // The number isn't given again.
        assert_eq!(create(app, &json!({ "flag_key": "a" }))["id"], 2);
    });
}

#[test]
fn rules_are_in_a_field_of_their_own_and_decide_before_the_percentage() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "flag_key": "base", "is_enabled": true, "rollout_percentage": 100 }));
        create(app, &json!({ "flag_key": "a", "is_enabled": true }));
        let rules = json!({ "rules": [
            { "name": "those who try", "when": [{ "users": ["7"] }, { "flag": { "key": "base" } }] },
            { "name": "some", "when": [{ "percentage": 0 }], "serve": true },
        ] });
        let put = |id: u8, rules: &Value| admin(app).put(&format!("{FLAGS}/{id}/rules")).json(rules).send();
        let shown = put(2, &rules).expect(200).json();
        assert_eq!(get(app, "/2/rules"), shown);
        assert_eq!(
            (get(app, "/check/a?user_id=7"), get(app, "/check/a?user_id=8")),
            (json!({ "flag_key": "a", "enabled": true }), json!({ "flag_key": "a", "enabled": false }))
        );
        assert_eq!(get(app, "/2").as_object().unwrap().len(), 13);
        for rules in [
            json!({ "rules": [{ "name": "", "when": [] }] }),
            json!({ "rules": [{ "name": "a", "when": [{ "percentage": 101 }] }] }),
            json!({ "rules": [{ "name": "a", "when": [{ "unknown": 1 }] }] }),
            json!({ "rules": [{ "name": "a", "when": [{ "time": {} }] }] }),
            json!({ "rules": [{ "name": "a", "when": [{ "flag": { "key": "none" } }] }] }),
            json!({ "rules": [{ "name": "a", "when": [{ "flag": { "key": "a" } }] }] }),
        ] {
            put(1, &rules).expect(422);
        }
        put(9, &rules).expect(404);
    });
}
