//! Configurations, row by row of section 3.

use super::*;

fn create(app: &App, body: &Value) -> Value {
    admin(app).post(&format!("{CONFIGURATIONS}/")).json(body).send().expect(201).json()
}

fn get(app: &App, path: &str) -> Value {
    admin(app).get(&format!("{CONFIGURATIONS}{path}")).send().expect(200).json()
}

fn put(app: &App, path: &str, body: &Value) -> Value {
    admin(app).put(&format!("{CONFIGURATIONS}{path}")).json(body).send().expect(200).json()
}

#[test]
fn a_created_object_has_the_contracts_keys_in_its_order_and_nulls_written_out() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock("2026-01-31T12:00:00.000001Z".parse().unwrap());
        let body = json!({ "config_key": "logging.level", "config_value": "INFO", "unknown": 1 });
        let answer = admin(app).post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(201);
        let expected = concat!(
            r#"{"config_key":"logging.level","config_value":"INFO","environment":"all","service_name":null,"#,
            r#""description":null,"is_sensitive":false,"id":1,"version":1,"is_active":true,"#,
            r#""created_at":"2026-01-31T12:00:00.000001","updated_at":"2026-01-31T12:00:00.000001","created_by":null}"#
        );
        assert_eq!(answer.text(), expected);
        assert_eq!(admin(app).get(&format!("{CONFIGURATIONS}/1")).send().expect(200).text(), expected);
        let [event] = app.events_of("lyceum.config.Updated.v1").try_into().unwrap();
        assert_eq!((&event.data["action"], &event.data["config_value"]), (&json!("created"), &json!("INFO")));
    });
}

#[test]
fn any_json_is_a_value_and_stays_of_its_type() {
    App::new(&SERVICE).on_each_database(|app| {
        let values = [
            json!(null),
            json!(true),
            json!(52_428_800),
            json!(0.25),
            json!("20"),
            json!(["a", 1]),
            json!({ "a": {} }),
        ];
        for (at, value) in values.iter().enumerate() {
            let key = format!("k{at}");
            assert_eq!(
                &create(app, &json!({ "config_key": key, "config_value": value }))["config_value"],
                value
            );
            assert_eq!(get(app, &format!("/value/{key}")), json!({ "key": key, "value": value }));
        }
    });
}

#[test]
fn what_breaks_a_rule_is_422_with_its_place() {
    let app = App::new(&SERVICE).sqlite();
    let good = json!({ "config_key": "a", "config_value": 1 });
    for (field, value) in [
        ("config_key", json!("")),
        ("config_key", json!("a b")),
        ("config_key", json!("k".repeat(101))),
        ("config_key", json!(7)),
        ("environment", json!("moon")),
        ("environment", json!(null)),
        ("service_name", json!("s".repeat(51))),
        ("is_sensitive", json!("perhaps")),
        ("created_by", json!("me")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = admin(&app).post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(422).json();
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]), "{body} {answer}");
    }
    for missing in ["config_key", "config_value"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        let answer = admin(&app).post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(422).json();
        assert_eq!(
            (&answer["detail"][0]["loc"], &answer["detail"][0]["type"]),
            (&json!(["body", missing]), &json!("missing"))
        );
    }
    let answer = admin(&app).get(&format!("{CONFIGURATIONS}/seven")).send().expect(422).json();
    assert_eq!(answer["detail"][0]["loc"], json!(["path", "id"]));
}

#[test]
fn an_active_one_of_the_same_key_environment_and_service_is_there_once() {
    App::new(&SERVICE).on_each_database(|app| {
        for service in [json!(null), json!("file-service")] {
            for environment in ["all", "staging"] {
                let body = json!({ "config_key": "a", "config_value": 1, "environment": environment, "service_name": service });
                let id = create(app, &body)["id"].as_i64().unwrap();
                let again = admin(app).post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(400).json();
                let keys: Vec<&String> = again.as_object().unwrap().keys().collect();
                assert_eq!(keys, ["correlation_id", "error_code", "error_message", "service_name", "timestamp"]);
                assert_eq!(again["error_code"], "HTTP_ERROR");
                // The older system failed where it had been deleted before.
                admin(app).delete(&format!("{CONFIGURATIONS}/{id}")).send().expect(200);
                let new = create(app, &body)["id"].as_i64().unwrap();
                assert!(new > id);
                let back = admin(app).put(&format!("{CONFIGURATIONS}/{id}")).json(&json!({ "is_active": true }));
                back.send().expect(400);
            }
        }
    });
}

#[test]
fn a_list_holds_an_environments_and_alls_active_ones_without_secrets() {
    App::new(&SERVICE).on_each_database(|app| {
        for (key, environment, service, sensitive) in [
            ("a", "all", None, false),
            ("b", "staging", None, false),
            ("c", "production", Some("files"), false),
            ("d", "all", Some("files"), true),
            ("e", "staging", None, false),
        ] {
            create(
                app,
                &json!({
                    "config_key": key, "config_value": 1, "environment": environment, "service_name": service,
                    "is_sensitive": sensitive
                }),
            );
        }
        admin(app).delete(&format!("{CONFIGURATIONS}/5")).send().expect(200);
        for (query, keys) in [
            ("", ["a", "b", "c"].as_slice()),
            ("?environment=staging", &["a", "b"]),
            ("?environment=all", &["a"]),
            ("?service_name=files", &["c"]),
            ("?include_sensitive=true", &["a", "b", "c", "d"]),
            ("?is_active=false", &["e"]),
            ("?skip=1&limit=1", &["b"]),
            ("?unknown=1&skip=10", &[]),
        ] {
            let list = get(app, &format!("/{query}"));
            let found: Vec<&str> =
                list.as_array().unwrap().iter().map(|c| c["config_key"].as_str().unwrap()).collect();
            assert_eq!(found, keys, "{query}");
        }
        for query in ["environment=moon", "skip=-1", "limit=0", "limit=1001", "is_active=perhaps"] {
            let answer = admin(app).get(&format!("{CONFIGURATIONS}/?{query}")).send().expect(422).json();
            assert_eq!(answer["detail"][0]["loc"], json!(["query", query.split('=').next().unwrap()]));
        }
    });
}

#[test]
fn bulk_counts_secrets_and_leaves_them_out_and_an_environments_own_value_goes_before_that_for_all() {
    App::new(&SERVICE).on_each_database(|app| {
        for (key, environment, value, sensitive) in [
            ("level", "production", json!("INFO"), false),
            ("level", "all", json!("DEBUG"), false),
            ("password", "all", json!("x"), true),
            ("other", "staging", json!(1), false),
        ] {
            create(app, &json!({
                "config_key": key, "config_value": value, "environment": environment, "is_sensitive": sensitive
            }));
        }
        let answer = admin(app).get(&format!("{CONFIGURATIONS}/bulk?environment=production")).send().expect(200);
        assert_eq!(
            answer.text(),
            r#"{"configurations":{"level":"INFO"},"total_count":3,"environment":"production","service_name":null}"#
        );
        let all = get(app, "/bulk?include_sensitive=true");
        assert_eq!((&all["total_count"], &all["environment"]), (&json!(4), &json!("all")));
        assert_eq!(all["configurations"], json!({ "level": "INFO", "password": "x", "other": 1 }));
        let none = get(app, "/bulk?service_name=files");
        assert_eq!((&none["total_count"], &none["service_name"]), (&json!(0), &json!("files")));
    });
}

#[test]
fn a_key_is_found_for_exactly_its_environment_and_service_or_is_null() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "config_key": "a", "config_value": 1 }));
        create(app, &json!({ "config_key": "a", "config_value": 2, "service_name": "files" }));
        create(app, &json!({ "config_key": "b", "config_value": 3, "environment": "staging" }));
        assert_eq!(get(app, "/key/a")["config_value"], 1);
        assert_eq!(get(app, "/key/a?service_name=files")["config_value"], 2);
        assert_eq!(get(app, "/key/b?environment=staging")["config_value"], 3);
        for path in ["/key/none", "/key/b", "/key/a?environment=staging", "/key/a?service_name=other"] {
            assert_eq!(admin(app).get(&format!("{CONFIGURATIONS}{path}")).send().expect(200).text(), "null");
        }
        for (path, expected) in [
            ("/value/a", r#"{"key":"a","value":1}"#),
            ("/value/none", r#"{"key":"none","value":null}"#),
            ("/value/none?default_value=20", r#"{"key":"none","value":"20"}"#),
            ("/value/a?default_value=20&environment=staging", r#"{"key":"a","value":"20"}"#),
        ] {
            assert_eq!(
                admin(app).get(&format!("{CONFIGURATIONS}{path}")).send().expect(200).text(),
                expected
            );
        }
        admin(app).delete(&format!("{CONFIGURATIONS}/1")).send().expect(200);
        assert_eq!(get(app, "/key/a"), Value::Null);
    });
}

#[test]
fn a_change_raises_the_version_also_when_nothing_is_given() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "config_key": "a", "config_value": 1, "description": "one" }));
        assert_eq!(put(app, "/1", &json!({}))["version"], 2);
        let change = json!({ "config_value": 2, "change_reason": "more", "unknown": 1 });
        let changed = put(app, "/1?changed_by=7", &change);
        assert_eq!(
            (&changed["version"], &changed["config_value"], &changed["description"]),
            (&json!(3), &json!(2), &json!("one"))
        );
        assert_eq!(put(app, "/1", &json!({ "description": null }))["description"], Value::Null);
        admin(app).put(&format!("{CONFIGURATIONS}/9")).json(&json!({})).send().expect(404);
        admin(app).put(&format!("{CONFIGURATIONS}/1")).json(&json!({ "is_active": "x" })).send().expect(422);
        admin(app).put(&format!("{CONFIGURATIONS}/1?changed_by=me")).json(&json!({})).send().expect(422);
        let history = get(app, "/1/history");
        let texts: Vec<&Value> = history.as_array().unwrap().iter().map(|change| &change["action"]).collect();
        assert_eq!(texts, ["updated", "updated", "updated", "created"]);
        assert_eq!(history[1]["change_reason"], "more");
        assert_eq!(
            (&history[1]["old_value"], &history[1]["new_value"], &history[1]["changed_by"]),
            (&json!(1), &json!(2), &json!(7))
        );
    });
}

#[test]
fn a_value_is_put_by_its_key_as_a_text_and_what_is_not_said_again_is_as_for_a_new_one() {
    App::new(&SERVICE).on_each_database(|app| {
        let put = |query: &str| admin(app).put(&format!("{CONFIGURATIONS}/key/a?{query}")).send();
        let new = put("config_value=20&description=d&is_sensitive=true&changed_by=7").expect(200).json();
        assert_eq!(
            (&new["config_value"], &new["version"], &new["is_sensitive"]),
            (&json!("20"), &json!(1), &json!(true))
        );
        let next = put("config_value=30").expect(200).json();
        assert_eq!(
            (&next["id"], &next["config_value"], &next["version"]),
            (&new["id"], &json!("30"), &json!(2))
        );
        assert_eq!((&next["description"], &next["is_sensitive"]), (&Value::Null, &json!(false)));
        let other = put("config_value=1&environment=staging").expect(200).json();
        assert_ne!(other["id"], new["id"]);
        let in_body =
            admin(app).put(&format!("{CONFIGURATIONS}/key/a")).json(&json!({ "config_value": 1 })).send();
        let in_body = in_body.expect(422).json();
        assert_eq!(in_body["detail"][0]["loc"], json!(["query", "config_value"]));
        assert_eq!(in_body["detail"][0]["type"], "missing");
    });
}

#[test]
fn who_puts_a_key_that_somebody_else_makes_at_the_same_moment_changes_it() {
    App::new(&SERVICE).on_each_database(|app| {
        app.commit_first(
            "INSERT INTO configurations (id, config_key, config_value, environment, scope, is_sensitive, version, \
             is_active, created_at, updated_at) VALUES (77, 'a', '1', 'all', '', FALSE, 1, TRUE, 1, 1)",
        );
        let put = admin(app).put(&format!("{CONFIGURATIONS}/key/a?config_value=2")).send().expect(200).json();
        assert_eq!((&put["id"], &put["version"], &put["config_value"]), (&json!(77), &json!(2), &json!("2")));
    });
}

#[test]
fn what_is_deleted_is_inactive_and_can_be_deleted_again_and_shown() {
    App::new(&SERVICE).on_each_database(|app| {
        create(app, &json!({ "config_key": "a", "config_value": 1 }));
        put(app, "/1", &json!({ "config_value": 2 }));
        for _ in 0..2 {
            let answer = admin(app).delete(&format!("{CONFIGURATIONS}/1?changed_by=7")).send().expect(200);
            assert_eq!(answer.text(), r#"{"success":true,"message":"Configuration 1 deleted"}"#);
        }
        let gone = get(app, "/1");
        assert_eq!((&gone["is_active"], &gone["version"]), (&json!(false), &json!(2)));
        let history = get(app, "/1/history?limit=1");
        let [last] = history.as_array().unwrap().as_slice() else { panic!("{history}") };
        assert_eq!(
            (&last["action"], &last["old_value"], &last["new_value"]),
            (&json!("deleted"), &json!(2), &Value::Null)
        );
        assert_eq!(last["changed_by"], 7);
        admin(app).delete(&format!("{CONFIGURATIONS}/9")).send().expect(404);
        for limit in ["0", "201"] {
            admin(app).get(&format!("{CONFIGURATIONS}/1/history?limit={limit}")).send().expect(422);
        }
        admin(app).get(&format!("{CONFIGURATIONS}/9/history")).send().expect(404);
        let back = put(app, "/1", &json!({ "is_active": true }));
        assert_eq!((&back["is_active"], &back["version"]), (&json!(true), &json!(3)));
    });
}

#[test]
fn a_change_of_history_is_shown_with_the_contracts_keys_in_its_order() {
    let app = App::new(&SERVICE).sqlite();
    app.stop_clock("2026-01-31T12:00:00Z".parse().unwrap());
    create(&app, &json!({ "config_key": "a", "config_value": 1, "created_by": 3 }));
    assert_eq!(
        admin(&app).get(&format!("{CONFIGURATIONS}/1/history")).send().expect(200).text(),
        concat!(
            r#"[{"id":1,"config_id":1,"action":"created","old_value":null,"new_value":1,"changed_by":3,"#,
            r#""change_reason":null,"created_at":"2026-01-31T12:00:00.000000"}]"#
        )
    );
}

#[test]
fn who_leaves_the_slash_of_a_collection_away_is_sent_on() {
    let app = App::new(&SERVICE).sqlite();
    for path in [CONFIGURATIONS, FLAGS] {
        for call in
            [admin(&app).get(&format!("{path}?limit=1")), admin(&app).post(&format!("{path}?limit=1"))]
        {
            let answer = call.send().expect(307);
            assert_eq!(answer.header("location"), Some(format!("{path}/?limit=1").as_str()));
        }
    }
    let wrong = admin(&app).get(&format!("{CONFIGURATIONS}/?limit=x")).send().expect(422).json();
    assert_eq!(wrong["detail"][0]["input"], Value::Null);
}
