//! Authors who come from the older library.

use super::*;

const IMPORTS: &str = "/api/v1/authors/library-imports";

/// What became of each row: the outcome, with the code of what was refused.
fn take_over(app: &App, rows: &Value) -> Vec<String> {
    let body = json!({ "rows": rows });
    let answer = app.as_role(Role::Admin).post(IMPORTS).json(&body).send().expect(200).json();
    let told = |row: &Value| {
        let texts = [&row["outcome"], &row["code"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    answer["rows"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn authors_of_the_older_library_keep_their_numbers_and_new_ones_get_higher_ones() {
    App::new(&SERVICE).on_each_database(|app| {
        // Of more than fit into one transaction.
        let rows: Vec<Value> = (1..=120)
            .map(|number| json!({ "number": number, "name": format!("Ana {number}"), "bio": "<b>x</b>" }))
            .collect();
        assert_eq!(take_over(app, &json!(rows)), vec!["added"; 120]);
        assert_eq!(take_over(app, &json!(rows)), vec!["present"; 120]);
        assert_eq!(app.events_of(ADDED).len(), 120);
        let seen = app.as_role(Role::Reader).get("/legacy/authors/7").send().expect(200);
        assert_eq!(
            (seen.tag(), &seen.json()["name"], &seen.json()["bio"]),
            ("\"0\"", &json!("Ana 7"), &json!("<b>x</b>"))
        );
        let path = named(app, "Rui");
        let next = app.as_role(Role::Reader).get(&path).send().expect(200).json();
        assert_eq!(next["number"], 121);
        assert_eq!(names(&list(app, "?q=rui")), ["Rui"]);
        // An import that is late takes no number back.
        assert_eq!(take_over(app, &json!([{ "number": 60, "name": "Ana 60" }])), ["present"]);
        assert_eq!(
            take_over(app, &json!([{ "number": 121, "name": "Zé" }])),
            ["refused AUTHOR_NUMBER_TAKEN"]
        );
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_is_no_author_is_refused_and_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        let rows = json!([
            { "number": 0, "name": "Ana" },
            { "number": 1_000_000_001, "name": "Ana" },
            { "number": 1, "name": " " },
            { "number": 2, "name": "Ana", "bio": "x".repeat(4_097) },
            { "number": 3, "name": "Ana" },
            { "number": 3, "name": "Rui" },
            { "number": 4, "name": "Eva" },
        ]);
        let expected = [
            "refused OUT_OF_RANGE",
            "refused OUT_OF_RANGE",
            "refused REQUIRED",
            "refused TOO_LONG",
            "added",
            "refused AUTHOR_NUMBER_TAKEN",
            "added",
        ];
        assert_eq!(take_over(app, &rows), expected);
        let by_librarian = librarian(app).post(IMPORTS).json(&json!({ "rows": rows })).send();
        by_librarian.expect(403);
    });
}
