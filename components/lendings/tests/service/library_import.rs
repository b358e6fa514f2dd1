//! Lendings that come from the older library.

use super::*;

const IMPORTS: &str = "/api/v1/lendings/library-imports";
const ISBN: &str = "9780141439587";

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

fn emma(app: &App) -> Uuid {
    let book = ids::new();
    let data = json!({
        "book_id": book, "isbn": ISBN, "title": "Emma", "subtitle": null, "contributors": [], "genre_id": null,
        "subjects": [], "language": null, "year": null, "publisher": null, "added_at": now(),
    });
    app.deliver(&Event::new("lyceum.books.BookAdded.v1", data).about("book", &book.to_string(), 1)).unwrap();
    book
}

fn row(number: &str, reader: &Reader, start: &str, change: &Value) -> Value {
    let mut row =
        json!({ "number": number, "isbn": ISBN, "reader_number": reader.number, "start_date": start });
    for (member, value) in change.as_object().into_iter().flatten() {
        row[member] = value.clone();
    }
    row
}

fn counted(app: &App) -> Vec<(String, usize)> {
    let mut kinds = std::collections::BTreeMap::new();
    for event in app.events() {
        *kinds.entry(event.kind.rsplit('.').nth(1).unwrap().to_owned()).or_default() += 1;
    }
    kinds.into_iter().collect()
}

#[test]
fn lendings_of_the_older_library_keep_numbers_days_and_fines_and_remind_nobody_of_what_is_back() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let rows = json!([
            row(
                "2025/34",
                &reader,
                "2025-11-01",
                &json!({ "returned_date": "2025-11-10", "limit_date": "2025-11-16" })
            ),
            row(
                "2025/35",
                &reader,
                "2025-11-02",
                &json!({ "returned_date": "2025-11-20", "commentary": "Good." })
            ),
            row(
                "2025/36",
                &reader,
                "2025-11-03",
                &json!({ "returned_date": "2025-12-01", "fine_cents": 150, "fine_state": "paid" })
            ),
            row("2025/37", &reader, "2025-12-30", &Value::Null),
            row("2025/38", &reader, "2025-12-01", &Value::Null),
        ]);
        let waits = take_over(app, &rows);
        assert_eq!(
            (&waits[0]["outcome"], &waits[0]["missing"]),
            (&json!("waiting"), &json!([{ "kind": "book", "key": ISBN }]))
        );
        let book = emma(app);
        assert_eq!(outcomes(&take_over(app, &rows)), ["added"; 5]);
        assert_eq!(outcomes(&take_over(app, &rows)), ["present"; 5]);
        let counts = [("FineCharged", 2), ("FineSettled", 1), ("LendingReturned", 3), ("LendingStarted", 5)];
        assert_eq!(counted(app), counts.map(|(kind, count)| (kind.to_owned(), count)));
        // Three days late, at 200 cents a day: unpaid. The other fine was paid.
        assert_eq!(account(app, &reader), (2, 600));

        let by = app.as_user(&reader.user.to_string()).with_role(Role::Reader);
        let seen = by.get("/legacy/lendings/2025/35").send().expect(200);
        let lending = seen.json();
        assert_eq!(seen.tag(), "\"0\"");
        let days = ["startDate", "limitDate", "returnedDate"].map(|member| lending[member].as_str().unwrap());
        assert_eq!(days, ["2025-11-02", "2025-11-17", "2025-11-20"]);
        assert_eq!((&lending["daysOverdue"], &lending["fineValueInCents"]), (&json!(3), &json!(600)));

        // What is out is told of the day after at the earliest, and what is back never.
        app.tick("hour").unwrap();
        assert!(app.events_of("lyceum.lendings.LendingOverdue.v1").is_empty());
        at(app, "2026-01-06T10:00:00Z");
        app.tick("hour").unwrap();
        let [late] = &app.events_of("lyceum.lendings.LendingOverdue.v1")[..] else { panic!("one is late") };
        assert_eq!((&late.data["number"], &late.data["book_id"]), (&json!("2025/38"), &json!(book)));

        let other = self::reader(app);
        let next = json!({ "isbn": ISBN, "readerNumber": "2026/1" });
        librarian(app).post("/legacy/lendings").json(&next).send().expect(404);
        let copy = copy(app);
        let number = lend(app, copy, &other).expect(201).json()["number"].clone();
        assert_eq!(number, "2026/1");
        assert_eq!(
            outcomes(&take_over(app, &json!([row("2026/7", &reader, "2026-01-05", &Value::Null)]))),
            ["added"]
        );
        let number = lend(app, self::copy(app), &other).expect(201).json()["number"].clone();
        assert_eq!(number, "2026/8");
        // Of few rules only one of the two databases reads all.
        let plans = app.explain();
        let linear = plans.linear().into_iter().filter(|plan| !plan.contains("FROM circulation_rules"));
        assert_eq!(linear.collect::<Vec<_>>(), [""; 0]);
    });
}

#[test]
fn what_is_no_lending_is_refused_and_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        emma(app);
        let bad = |change: &Value| row("2025/1", &reader, "2025-11-01", change);
        let rows = json!([
            bad(&json!({ "number": "2025-1" })),
            bad(&json!({ "isbn": "123" })),
            bad(&json!({ "start_date": "2026-01-06" })),
            bad(&json!({ "start_date": "1.1.2025" })),
            bad(&json!({ "limit_date": "2025-10-31" })),
            bad(&json!({ "returned_date": "2025-10-31" })),
            bad(&json!({ "returned_date": "2025-11-02", "commentary": "x".repeat(1_025) })),
            bad(&json!({ "returned_date": "2025-11-02", "fine_cents": -1 })),
            bad(&json!({ "fine_cents": 1 })),
            bad(&json!({ "reader_number": "2025/99" })),
            bad(&Value::Null),
            bad(&json!({ "start_date": "2025-11-02" })),
        ]);
        let said = outcomes(&take_over(app, &rows));
        let expected = [
            "refused NOT_A_NUMBER",
            "refused ISBN",
            "refused IN_FUTURE",
            "refused WRONG_TYPE",
            "refused BEFORE_START",
            "refused OUT_OF_RANGE",
            "refused TOO_LONG",
            "refused OUT_OF_RANGE",
            "refused NOT_RETURNED",
            "waiting",
            "added",
            "refused LENDING_NUMBER_TAKEN",
        ];
        assert_eq!(said[..3], expected[..3]);
        assert!(said[3].starts_with("refused"), "{}", said[3]);
        assert_eq!(said[4..], expected[4..]);
        assert_eq!(account(app, &reader), (1, 0));
        librarian(app).post(IMPORTS).json(&json!({ "rows": rows })).send().expect(403);
    });
}
