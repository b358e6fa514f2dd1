//! Readers who come from the older library.

use super::*;

const IMPORTS: &str = "/api/v1/readers/library-imports";
const DORA: &str = "01890000-0000-7000-8000-00000000000d";

fn take_over(app: &App, rows: &Value) -> Vec<Value> {
    let body = json!({ "rows": rows });
    let answer = app.as_role(Role::Admin).post(IMPORTS).json(&body).send().expect(200).json();
    answer["rows"].as_array().unwrap().clone()
}

fn outcomes(rows: &[Value]) -> Vec<String> {
    let told = |row: &Value| {
        let texts = [&row["outcome"], &row["code"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(told).collect()
}

fn account(app: &App, user_id: &str, email: &str) {
    let data = json!({
        "user_id": user_id, "email": email, "display_name": "D", "roles": ["reader"],
        "created_at": "2025-01-01T00:00:00Z", "imported": true,
    });
    app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", user_id, 2)).unwrap();
}

fn row(number: &str, username: &str) -> Value {
    json!({
        "number": number, "username": username, "full_name": "Dora Marisol", "birth_date": "2020-01-31",
        "phone_number": "912345678", "gdpr_consent": true, "interest_list": ["Poetry"], "created_at": "2025-03-01",
    })
}

#[test]
fn a_reader_of_the_older_library_waits_for_their_account_and_keeps_number_and_day() {
    on_each(|app| {
        app.configure("forbidden_names", "sol");
        let rows = json!([row("2025/7", "Dora@Example.org")]);
        let waits = take_over(app, &rows);
        let missing = json!([{ "kind": "user", "key": "dora@example.org" }]);
        assert_eq!((&waits[0]["outcome"], &waits[0]["missing"]), (&json!("waiting"), &missing));
        account(app, DORA, "dora@example.org");
        assert_eq!(outcomes(&take_over(app, &rows)), ["added"]);
        assert_eq!(outcomes(&take_over(app, &rows)), ["present"]);
        let own = app.as_user(DORA).get("/api/v1/readers/me").send().expect(200);
        let reader = own.json();
        assert_eq!(
            (own.tag(), &reader["number"], &reader["created_at"]),
            ("\"1\"", &json!("2025/7"), &json!("2025-03-01T00:00:00Z"))
        );
        assert_eq!(
            (&reader["email"], &reader["interests"]),
            (&json!("Dora@Example.org"), &json!(["Poetry"]))
        );
        assert_eq!(kinds(app), ["ReaderAdded"]);
        assert_eq!(names(app, "?q=marisol"), ["Dora Marisol"]);
        // The clock stands in 2026.
        account(app, ADA, "ada@example.org");
        assert_eq!(outcomes(&take_over(app, &json!([row("2026/8", "ada@example.org")]))), ["added"]);
        let next = added(app, &fields(BEN, "Ben"));
        let next = librarian(app).get(&next).send().expect(200).json();
        assert_eq!(next["number"], "2026/9");
    });
}

#[test]
fn what_is_no_reader_is_refused_and_stops_no_other() {
    on_each(|app| {
        account(app, DORA, "dora@example.org");
        account(app, ADA, "ada@example.org");
        let changed = |change: &Value| with(row("2025/1", "dora@example.org"), change);
        let rows = json!([
            row("2027/1", "dora@example.org"),
            row("1/2025/1", "dora@example.org"),
            changed(&json!({ "gdpr_consent": false })),
            changed(&json!({ "birth_date": "2026-02-01" })),
            changed(&json!({ "phone_number": "312345678" })),
            row("2025/1", "dora@example.org"),
            row("2025/2", "dora@example.org"),
            row("2025/1", "ada@example.org"),
            row("2025/3", "ada@example.org"),
        ]);
        let expected = [
            "refused OUT_OF_RANGE",
            "refused NOT_A_NUMBER",
            "refused CONSENT_REQUIRED",
            "refused TOO_YOUNG",
            "refused NOT_A_PHONE_NUMBER",
            "added",
            "refused READER_EXISTS",
            "refused READER_NUMBER_TAKEN",
            "added",
        ];
        assert_eq!(outcomes(&take_over(app, &rows)), expected);
        let again = outcomes(&take_over(app, &rows));
        assert_eq!(
            again[5..],
            ["present", "refused READER_EXISTS", "refused READER_NUMBER_TAKEN", "present"]
        );
        let unknown = take_over(
            app,
            &json!([with(
                row("2025/4", "x@example.org"),
                &json!({ "interest_list": ["Heraldry", "poetry"] })
            )]),
        );
        assert_eq!(
            unknown[0]["missing"],
            json!([{ "kind": "genre", "key": "heraldry" }, { "kind": "user", "key": "x@example.org" }])
        );
        librarian(app).post(IMPORTS).json(&json!({ "rows": rows })).send().expect(403);
    });
}

#[test]
fn a_reader_who_was_taken_over_and_deleted_here_stays_deleted() {
    on_each(|app| {
        account(app, DORA, "dora@example.org");
        let rows = json!([row("2025/7", "dora@example.org")]);
        assert_eq!(outcomes(&take_over(app, &rows)), ["added"]);
        let own = app.as_user(DORA).get("/api/v1/readers/me").send().expect(200).json();
        librarian(app).delete(&format!("{PATH}/{}", own["id"].as_str().unwrap())).send().expect(204);
        assert_eq!(outcomes(&take_over(app, &rows)), ["deleted"]);
    });
}
