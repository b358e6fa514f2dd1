//! The export of people on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::{clock::Timestamp, role::Role, tabular::Format};
use lyceum_testing::{App, Event};
use lyceum_users::SERVICE;
use serde::Deserialize;
use serde_json::json;

const CONTINUED: &str = "lyceum.users.JobContinued.v1";

fn with_people(app: &App) {
    for (number, name, role) in [(1, "Ada", "admin"), (2, "=Ben, \"B\"", "student"), (3, "Cleo", "student")] {
        let user_id = format!("01890000-0000-7000-8000-{number:012x}");
        let data = json!({
            "user_id": user_id,
            "email": format!("p{number}@example.org"),
            "display_name": name,
            "roles": [role],
            "created_at": "2026-01-01T23:30:00Z",
        });
        app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", &user_id, 1)).unwrap();
    }
}

#[derive(Debug, Deserialize)]
struct Exported {
    user_id: String,
    display_name: String,
    first_name: Option<String>,
    roles: String,
    created_at: Timestamp,
}

#[test]
fn the_export_holds_what_the_list_shows_in_each_format() {
    for format in [Format::Csv, Format::JsonLines] {
        App::new(&SERVICE).on_each_database(|app| {
            with_people(app);
            let asked = json!({ "format": format, "query": "role=student" });
            let admin = app.as_role(Role::Admin);
            let begun = admin.post("/api/v1/users/exports").json(&asked).send().expect(202);
            let location = begun.header("location").unwrap().to_owned();
            let result = format!("{location}/result");
            admin.get(&result).send().expect(409);
            app.deliver(&app.events_of(CONTINUED).last().unwrap().to_deliver()).unwrap();
            assert_eq!(admin.get(&location).send().expect(200).json()["state"], "completed");
            app.as_role(Role::Librarian).get(&result).send().expect(403);
            let file = admin.get(&result).send().expect(200);
            assert!(file.header("content-disposition").unwrap().ends_with(&format!("people.{format}\"")));
            let rows = format.read(file.body()).unwrap();
            let people: Vec<Exported> = rows.iter().map(|row| row.read().unwrap()).collect();
            // In CSV what a spreadsheet would take for a formula has an apostrophe before it, which reading takes away.
            let guarded = String::from_utf8_lossy(file.body()).contains("'=Ben");
            assert_eq!(guarded, format == Format::Csv, "{format}");
            assert_eq!(
                ["=Ben, \"B\"", "Cleo"],
                [0, 1].map(|at| people[at].display_name.as_str()),
                "{format}"
            );
            assert_eq!(people.len(), 2);
            assert_eq!(people[0].user_id, "01890000-0000-7000-8000-000000000002");
            assert_eq!((people[0].first_name.as_deref(), people[0].roles.as_str()), (None, "student"));
            assert_eq!(people[0].created_at.to_string(), "2026-01-01T23:30:00Z");
            app.explain().assert_indexed(&[]);
        });
    }
}

#[test]
fn only_administrators_export_and_only_what_the_list_knows() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = "/api/v1/users/exports";
        let asked = json!({ "format": "csv" });
        app.as_role(Role::Librarian).post(path).json(&asked).send().expect(403);
        let admin = app.as_role(Role::Admin);
        for (wrong, status) in [
            (json!({ "format": "pdf" }), 422),
            (json!({ "format": "csv", "query": "colour=red" }), 400),
            (json!({ "format": "csv", "query": "limit=5" }), 422),
            (json!({ "format": "csv", "query": "cursor=eA" }), 422),
        ] {
            admin.post(path).json(&wrong).send().expect(status);
        }
        assert!(app.events_of(CONTINUED).is_empty());
    });
}
