//! Users who come from the older library.

use super::library::{claims, login, with};
use super::rehashing::{BCRYPT, real_passwords};
use super::*;

const IMPORTS: &str = "/api/v1/auth/library-imports";

fn take_over(app: &App, query: &str, rows: &Value) -> Vec<String> {
    let body = json!({ "rows": rows });
    let answer =
        app.as_role(Role::Admin).post(&format!("{IMPORTS}{query}")).json(&body).send().expect(200).json();
    let told = |row: &Value| {
        let texts = [&row["outcome"], &row["code"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    answer["rows"].as_array().unwrap().iter().map(told).collect()
}

fn user(id: i64, username: &str, roles: &[&str]) -> Value {
    json!({
        "id": id, "username": username, "password_hash": BCRYPT, "full_name": format!("Maria {id}"), "roles": roles,
        "created_at": "2025-01-02T03:04:05",
    })
}

#[test]
fn users_of_the_older_library_keep_id_and_password_and_are_told_apart_from_new_ones() {
    App::new(&SERVICE).on_each_database(|app| {
        app.on_call("passwords", real_passwords);
        let mut left = user(8, "eva@example.org", &["READER"]);
        left["enabled"] = json!(false);
        let rows = json!([user(9, "Ana@example.org", &["READER"]), left, user(7, "rui@example.org", &["LIBRARIAN"])]);
        assert_eq!(take_over(app, "", &rows), ["added"; 3]);
        assert_eq!(take_over(app, "", &rows), ["present"; 3]);
        let created = app.events_of("lyceum.auth.UserCreated.v1");
        let said: Vec<_> = created.iter().map(|event| (&event.data["imported"], &event.data["status"])).collect();
        let (yes, none, inactive) = (json!(true), Value::Null, json!("inactive"));
        assert_eq!(said, [(&yes, &none), (&yes, &inactive), (&yes, &none)]);
        assert_eq!(created[0].data["created_at"], "2025-01-02T03:04:05Z");

        let answer = login(app, &with("ana@example.org", PASSWORD)).expect(200);
        assert_eq!(answer.json(), json!({ "id": "9", "username": "Ana@example.org", "fullName": "Maria 9" }));
        assert_eq!(claims(&answer)["roles"], "READER");
        login(app, &with("eva@example.org", PASSWORD)).expect(401);
        let librarian = login(app, &with("rui@example.org", PASSWORD)).expect(200);
        assert_eq!(claims(&librarian)["roles"], "LIBRARIAN");
        // On the modern face nobody gave them that role.
        assert_eq!(created[2].data["roles"], json!(["reader"]));

        let body = json!({ "username": "new@example.org", "password": "Password1", "name": "New", "role": "READER" });
        let registered = app.anonymous().post("/legacy/public/register").json(&body).send().expect(200);
        assert_eq!(registered.json()["id"], "10");
        app.explain().assert_indexed(&SMALL[..1]);
    });
}

#[test]
fn roles_of_the_file_hold_everywhere_only_if_that_is_said() {
    App::new(&SERVICE).on_each_database(|app| {
        let rows =
            json!([user(1, "ana@example.org", &["LIBRARIAN"]), user(2, "rui@example.org", &["ADMIN"])]);
        assert_eq!(take_over(app, "?grant_librarian=true", &rows), ["added", "refused ADMIN_NOT_GRANTED"]);
        assert_eq!(take_over(app, "?grant_librarian=true&grant_admin=true", &rows), ["present", "added"]);
        let roles: Vec<_> = app
            .events_of("lyceum.auth.UserCreated.v1")
            .iter()
            .map(|event| event.data["roles"].clone())
            .collect();
        assert_eq!(roles, [json!(["librarian"]), json!(["admin"])]);
        app.as_role(Role::Librarian).post(IMPORTS).json(&json!({ "rows": rows })).send().expect(403);
    });
}

#[test]
fn what_is_no_user_is_refused_and_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure("first_admin_email", "root@example.org");
        register(app, "ada@example.org", "k1");
        let changed = |member: &str, value: Value| {
            let mut row = user(1, "ana@example.org", &["READER"]);
            row[member] = value;
            row
        };
        let rows = json!([
            changed("id", json!(0)),
            changed("username", json!("ana")),
            changed("username", json!("ADA@example.org")),
            changed("username", json!("root@example.org")),
            changed("password_hash", json!("secret")),
            changed("full_name", json!(" ")),
            changed("roles", json!([])),
            user(1, "ana@example.org", &["READER"]),
            user(2, "ANA@example.org", &["READER"]),
            user(1, "rui@example.org", &["READER"]),
            user(3, "eva@example.org", &["READER"]),
        ]);
        let expected = [
            "refused OUT_OF_RANGE",
            "refused NOT_AN_ADDRESS",
            "refused EMAIL_TAKEN",
            "refused EMAIL_TAKEN",
            "refused NOT_A_HASH",
            "refused REQUIRED",
            "refused REQUIRED",
            "added",
            "refused EMAIL_TAKEN",
            "refused USER_ID_TAKEN",
            "added",
        ];
        assert_eq!(take_over(app, "", &rows), expected);
        assert_eq!(
            take_over(app, "", &rows)[7..],
            ["present", "refused EMAIL_TAKEN", "refused USER_ID_TAKEN", "present"]
        );
    });
}

#[test]
fn who_was_taken_over_and_erased_here_is_not_brought_back_and_only_their_number_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        let rows = json!([user(9, "ana@example.org", &["READER"]), user(8, "eva@example.org", &["READER"])]);
        assert_eq!(take_over(app, "", &rows), ["added"; 2]);
        let created = app.events_of("lyceum.auth.UserCreated.v1");
        let id = created[0].data["user_id"].as_str().unwrap();
        app.deliver(&erasure_requested(id)).unwrap();
        assert_eq!(take_over(app, "", &rows), ["deleted", "present"]);
        // Also with another address, and for whoever has the address now.
        assert_eq!(take_over(app, "", &json!([user(9, "anna@example.org", &["READER"])])), ["deleted"]);
        assert_eq!(take_over(app, "", &json!([user(5, "ana@example.org", &["READER"])])), ["added"]);
        assert_eq!(app.events_of("lyceum.auth.UserCreated.v1").len(), 3);
    });
}
