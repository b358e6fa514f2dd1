//! What is sensitive is sealed where it is stored; and what a configuration was can be had again.

use lyceum_kit::prelude::{query_all, statement};

use super::*;

fn path(rest: &str) -> String {
    format!("{CONFIGURATIONS}{rest}")
}

/// All values as they are stored.
fn stored(app: &App) -> Vec<String> {
    let texts = [
        "SELECT config_value FROM configurations",
        "SELECT new_value FROM config_history WHERE new_value IS NOT NULL",
        "SELECT old_value FROM config_history WHERE old_value IS NOT NULL",
    ];
    app.run(|| {
        let rows = texts.map(|text| query_all::<(String,)>(statement(text, Vec::new())).unwrap());
        rows.into_iter().flatten().map(|(value,)| value).collect()
    })
}

#[test]
fn a_secret_is_sealed_in_the_database_told_to_nobody_and_shown_where_it_is_asked_for() {
    App::new(&SERVICE).on_each_database(|app| {
        let secret =
            json!({ "config_key": "smtp.password", "config_value": "hunter2", "is_sensitive": true });
        admin(app).post(&path("/")).json(&secret).send().expect(201);
        admin(app).put(&path("/1")).json(&json!({ "config_value": "hunter3" })).send().expect(200);
        assert!(stored(app).iter().all(|value| !value.contains("hunter")), "{:?}", stored(app));
        assert_eq!(admin(app).get(&path("/1")).send().expect(200).json()["config_value"], "hunter3");
        assert_eq!(admin(app).get(&path("/1/history")).send().expect(200).json()[0]["old_value"], "hunter2");
        assert_eq!(admin(app).get(&path("/")).send().expect(200).text(), "[]");
        for event in app.events() {
            assert!(!event.data.to_string().contains("hunter"), "{}", event.data);
        }
    });
}

#[test]
fn what_becomes_a_secret_is_sealed_with_all_that_it_was() {
    App::new(&SERVICE).on_each_database(|app| {
        let open = json!({ "config_key": "token", "config_value": "hunter1" });
        admin(app).post(&path("/")).json(&open).send().expect(201);
        admin(app).put(&path("/1")).json(&json!({ "config_value": "hunter2" })).send().expect(200);
        assert!(stored(app).iter().any(|value| value.contains("hunter")));
        admin(app).put(&path("/1")).json(&json!({ "is_sensitive": true })).send().expect(200);
        assert!(stored(app).iter().all(|value| !value.contains("hunter")));
        let history = admin(app).get(&path("/1/history")).send().expect(200).json();
        assert_eq!(
            (&history[1]["old_value"], &history[2]["new_value"]),
            (&json!("hunter1"), &json!("hunter1"))
        );
        let shown =
            admin(app).put(&path("/1")).json(&json!({ "is_sensitive": false })).send().expect(200).json();
        assert_eq!(shown["config_value"], "hunter2");
    });
}

#[test]
fn a_configuration_gets_the_value_of_one_of_its_versions_again_as_a_new_version() {
    App::new(&SERVICE).on_each_database(|app| {
        admin(app)
            .post(&path("/"))
            .json(&json!({ "config_key": "a", "config_value": { "n": 1 } }))
            .send()
            .expect(201);
        admin(app).put(&path("/1")).json(&json!({ "config_value": 2 })).send().expect(200);
        let back =
            admin(app).post(&path("/1/rollback")).json(&json!({ "version": 1 })).send().expect(200).json();
        assert_eq!((&back["version"], &back["config_value"]), (&json!(3), &json!({ "n": 1 })));
        admin(app).post(&path("/1/rollback")).json(&json!({ "version": 9 })).send().expect(404);
        admin(app).post(&path("/9/rollback")).json(&json!({ "version": 1 })).send().expect(404);
        admin(app).post(&path("/1/rollback")).json(&json!({})).send().expect(422);
        let versions = admin(app).get(&path("/1/versions")).send().expect(200).json();
        let all: Vec<&Value> =
            versions.as_array().unwrap().iter().map(|version| &version["version"]).collect();
        assert_eq!(all, [3, 2, 1]);
        assert_eq!(versions[0]["change_reason"], "Back to version 1");
        assert!(versions[0]["actor_id"].is_string());
    });
}
