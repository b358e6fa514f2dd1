//! What the older system was delivered with, as section 10 of its contract lists it.

use super::*;

const ALL: &str = "all";

fn configurations() -> Vec<(&'static str, Value, &'static str, Option<&'static str>)> {
    let file = Some("file-service");
    vec![
        ("database.connection_pool.max_size", json!(20), ALL, None),
        ("database.connection_pool.timeout", json!(30), ALL, None),
        ("logging.level", json!("INFO"), "production", None),
        ("logging.level", json!("DEBUG"), "development", None),
        (
            "cors.allowed_origins",
            json!(["http://localhost:3000", "http://localhost:8080"]),
            "development",
            None,
        ),
        ("cors.allowed_origins", json!(["https://aurora.example.com"]), "production", None),
        ("file_storage.max_file_size", json!(52_428_800), ALL, file),
        ("file_storage.allowed_types", json!(["pdf", "doc", "docx", "txt", "md"]), ALL, file),
        ("syllabus.auto_publish", json!(false), ALL, Some("syllabus-service")),
        ("subject.max_credits", json!(10), ALL, Some("subject-service")),
        ("api_gateway.rate_limit.requests_per_minute", json!(100), ALL, Some("api-gateway")),
    ]
}

const SEEDED: [(&str, bool, &str, Option<&str>, u8); 5] = [
    ("new_syllabus_editor", false, "development", Some("syllabus-service"), 0),
    ("advanced_file_search", true, "development", Some("file-service"), 100),
    ("repository_auto_sync", false, ALL, Some("file-service"), 25),
    ("multi_tenant_support", false, ALL, None, 0),
    ("enhanced_analytics", true, "production", Some("api-gateway"), 50),
];

#[test]
fn what_the_older_system_was_delivered_with_can_be_had_here() {
    App::new(&SERVICE).on_each_database(|app| {
        for (key, value, environment, service) in configurations() {
            let body = json!({
                "config_key": key, "config_value": value, "environment": environment, "service_name": service
            });
            admin(app).post(&format!("{CONFIGURATIONS}/")).json(&body).send().expect(201);
        }
        for (key, on, environment, service, percentage) in SEEDED {
            let body = json!({
                "flag_name": key, "flag_key": key, "is_enabled": on, "environment": environment,
                "service_name": service, "rollout_percentage": percentage
            });
            admin(app).post(&format!("{FLAGS}/")).json(&body).send().expect(201);
        }
        let get = |path: &str| admin(app).get(path).send().expect(200).json();
        for (key, value, environment, service) in configurations() {
            let service = service.map(|service| format!("&service_name={service}")).unwrap_or_default();
            let path = format!("{CONFIGURATIONS}/value/{key}?environment={environment}{service}");
            assert_eq!(get(&path), json!({ "key": key, "value": value }));
        }
        let production = get(&format!("{CONFIGURATIONS}/bulk?environment=production"));
        assert_eq!(production["total_count"], 9);
        assert_eq!(production["configurations"]["logging.level"], "INFO");
        assert_eq!(get(&format!("{CONFIGURATIONS}/?environment=development")).as_array().unwrap().len(), 9);
        let development = get(&format!("{FLAGS}/bulk?environment=development"));
        assert_eq!(development["flags"], json!({ "advanced_file_search": true }));
        let off = get(&format!("{FLAGS}/evaluate/repository_auto_sync?user_id=1"));
        assert_eq!((&off["reason"], &off["rollout_percentage"]), (&json!("Flag is disabled"), &json!(25)));
    });
}
