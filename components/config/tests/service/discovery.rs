//! Discovery, row by row of section 5.

use std::time::Duration;

use lyceum_kit::prelude::Timestamp;

use super::*;

const PATH: &str = "/api/v1/discovery";

fn get(app: &App, path: &str) -> Value {
    admin(app).get(&format!("{PATH}{path}")).send().expect(200).json()
}

fn register(app: &App, name: &str) {
    let body = json!({ "host": "10.0.0.7", "port": 8003, "metadata": { "zone": "a" }, "unknown": 1 });
    admin(app).put(&format!("{PATH}/services/{name}")).json(&body).send().expect(200);
}

#[test]
fn services_register_are_shown_and_are_healthy_by_the_age_of_their_heartbeats() {
    App::new(&SERVICE).on_each_database(|app| {
        let begin: Timestamp = "2026-01-31T12:00:00.5Z".parse().unwrap();
        app.stop_clock(begin);
        assert_eq!(get(app, "/services"), json!({ "services": [], "total_count": 0 }));
        register(app, "files");
        register(app, "subjects");
        assert_eq!(
            admin(app).get(&format!("{PATH}/services/files")).send().expect(200).text(),
            concat!(
                r#"{"service_name":"files","host":"10.0.0.7","port":8003,"health_endpoint":"/health","#,
                r#""status":"healthy","last_heartbeat":1769860800.5,"metadata":{"zone":"a"}}"#
            )
        );
        admin(app).get(&format!("{PATH}/services/none")).send().expect(404);
        app.stop_clock(begin.plus(Duration::from_secs(31)));
        let beat = admin(app).post(&format!("{PATH}/services/files/heartbeat")).send().expect(200).json();
        assert_eq!(beat["success"], true);
        admin(app).post(&format!("{PATH}/services/none/heartbeat")).send().expect(404);
        let healthy = get(app, "/services/healthy");
        assert_eq!((&healthy["total_count"], &healthy["timeout_seconds"]), (&json!(1), &json!(30)));
        assert_eq!(get(app, "/services/healthy?timeout_seconds=31")["total_count"], 2);
        admin(app).get(&format!("{PATH}/services/healthy?timeout_seconds=x")).send().expect(422);
        assert_eq!(get(app, "/services")["services"][1]["status"], "unhealthy");
        for (name, is) in [("files", true), ("subjects", false), ("none", false)] {
            let health = get(app, &format!("/health-check/{name}"));
            assert_eq!((&health["service_name"], &health["healthy"]), (&json!(name), &json!(is)));
            assert!(health["timestamp"].is_f64());
        }
        let all = get(app, "/health-check-all");
        assert_eq!(all["results"], json!({ "files": true, "subjects": false }));
        assert_eq!(
            all["summary"],
            json!({ "total_services": 2, "healthy_services": 1, "unhealthy_services": 1 })
        );
    });
}

#[test]
fn services_are_removed_by_name_or_when_they_were_not_heard_of_for_long() {
    App::new(&SERVICE).on_each_database(|app| {
        let begin: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        app.stop_clock(begin);
        for name in ["a", "b", "c"] {
            register(app, name);
        }
        let removed = admin(app).delete(&format!("{PATH}/services/a")).send().expect(200);
        assert_eq!(removed.text(), r#"{"success":true,"message":"Service a removed"}"#);
        admin(app).delete(&format!("{PATH}/services/a")).send().expect(404);
        app.stop_clock(begin.plus(Duration::from_mins(1)));
        let clean = |query: &str| admin(app).post(&format!("{PATH}/cleanup{query}")).send().expect(200);
        assert_eq!(
            clean("").text(),
            r#"{"success":true,"cleaned_services":0,"message":"0 services removed"}"#
        );
        admin(app).post(&format!("{PATH}/services/b/heartbeat")).send().expect(200);
        assert_eq!(clean("?timeout_seconds=59").json()["cleaned_services"], 1);
        assert_eq!(get(app, "/services")["services"][0]["service_name"], "b");
    });
}

#[test]
fn what_a_service_says_of_itself_is_held_against_the_rules() {
    let app = App::new(&SERVICE).sqlite();
    for (field, value) in [
        ("host", json!("")),
        ("port", json!(0)),
        ("port", json!(65_536)),
        ("health_endpoint", json!("health")),
        ("health_endpoint", json!(format!("/{}", "h".repeat(100)))),
        ("metadata", json!([])),
    ] {
        let mut body = json!({ "host": "a", "port": 1 });
        body[field] = value;
        let answer = admin(&app).put(&format!("{PATH}/services/a")).json(&body).send().expect(422).json();
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]), "{body}");
    }
    let body = json!({ "host": "a", "port": 1 });
    admin(&app).put(&format!("{PATH}/services/A")).json(&body).send().expect(422);
    admin(&app).post(&format!("{PATH}/services")).json(&body).send().expect(405);
    app.anonymous().get(&format!("{PATH}/services")).send().expect(401);
}
