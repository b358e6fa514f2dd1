//! Who may ask, and what is left of somebody whose data is erased.

use lyceum_kit::erasure::ErasureRequested;
use lyceum_kit::{clock, ids};
use lyceum_testing::Event;

use super::*;

#[test]
fn administrators_and_tokens_that_are_limited_to_it_alone_unless_an_operator_opens_the_address() {
    App::new(&SERVICE).on_each_database(|app| {
        let (list, flags) = (format!("{CONFIGURATIONS}/"), format!("{FLAGS}/bulk"));
        let body = json!({ "config_key": "a", "config_value": 1 });
        for path in [&list, &flags] {
            let refused = app.anonymous().get(path).send().expect(401).json();
            assert_eq!(refused["error_code"], "HTTP_ERROR");
            app.as_role(Role::Student).get(path).send().expect(403);
            admin(app).with_scopes(&["config:read"]).get(path).send().expect(200);
        }
        admin(app).with_scopes(&["config:read"]).post(&list).json(&body).send().expect(403);
        admin(app).with_scopes(&["config:write"]).post(&list).json(&body).send().expect(201);

        app.configure("config_open", "open old.example other.example:8004");
        let at = |origin: &str| {
            let origin = format!("{origin} /api/v1/configurations/");
            app.anonymous().get(&list).header("lyceum-origin", &origin).send()
        };
        at("https://old.example").expect(200);
        at("http://other.example:8004/base").expect(200);
        at("http://other.example").expect(401);
        at("https://lms.example").expect(401);
        app.anonymous().get(&list).send().expect(401);
        let put = app.anonymous().put(&format!("{CONFIGURATIONS}/1")).json(&json!({}));
        put.header("lyceum-origin", "https://old.example /x").send().expect(200);
        // What that system didn't have is not open.
        let versions = app.anonymous().get(&format!("{CONFIGURATIONS}/1/versions"));
        versions.header("lyceum-origin", "https://old.example /x").send().expect(401);
    });
}

#[test]
fn of_somebody_whose_data_is_erased_it_is_not_known_any_more_what_they_changed() {
    App::new(&SERVICE).on_each_database(|app| {
        let user = ids::new().to_string();
        let me = app.as_user(&user).with_role(Role::Admin);
        let body = json!({ "config_key": "a", "config_value": 1 });
        me.post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(201);
        me.post(&format!("{FLAGS}/")).json(&json!({ "flag_name": "A", "flag_key": "a" })).send().expect(201);
        let actors = || {
            let versions = admin(app).get(&format!("{CONFIGURATIONS}/1/versions")).send().expect(200).json();
            let notes = admin(app).get(&format!("{FLAGS}/1/history")).send().expect(200).json();
            (versions[0]["actor_id"].clone(), notes[0]["actor_id"].clone())
        };
        assert_eq!(actors(), (json!(user), json!(user)));
        let requested = ErasureRequested {
            erasure_id: ids::new(),
            user_id: user.parse().unwrap(),
            requested_at: clock::now(),
        };
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", &requested)).unwrap();
        assert_eq!(actors(), (Value::Null, Value::Null));
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
    });
}
