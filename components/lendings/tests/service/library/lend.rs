//! POST /lendings

use super::*;

fn links(number: &str) -> Value {
    json!({
        "self": { "href": format!("{SITE}{LENDINGS}/{number}") },
        "book": { "href": format!("{SITE}/api/books/{ISBN}") },
        "reader": { "href": format!("{SITE}/api/readers/2026/1") },
    })
}

#[test]
pub(super) fn a_lending_is_answered_with_version_0_its_address_and_nulls() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        numbered(app, "2026/1");
        let wanted = json!({ "isbn": ISBN_10, "readerNumber": "2026/1", "unknown": 1 });
        let request = ask(app, Method::POST, LENDINGS).json(&wanted).key("k1");
        let answer = request.clone().send().expect(201);
        assert_eq!(request.send().expect(201).body(), answer.body());
        let address = format!("{SITE}{LENDINGS}/2026/1");
        assert_eq!((answer.tag(), answer.header("location")), ("\"0\"", Some(address.as_str())));
        assert_eq!(answer.header("content-type"), Some("application/hal+json"));
        let expected = json!({
            "lendingNumber": "2026/1", "bookTitle": "Emma", "startDate": "2026-01-05", "limitDate": "2026-01-20",
            "returnedDate": null, "daysUntilReturn": 15, "daysOverdue": null, "fineValueInCents": null,
            "_links": links("2026/1"),
        });
        assert_eq!(answer.json(), expected);
        let started = app.events_of("lyceum.lendings.LendingStarted.v1");
        assert_eq!((started.len(), &started[0].data["item_id"]), (1, &Value::Null));
    });
}

#[test]
pub(super) fn a_book_is_lent_any_number_of_times_while_the_catalogue_has_no_copy_of_it() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let (one, other) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        let numbers = [&one, &one, &other, &one].map(|reader| borrowed(app, reader));
        assert_eq!(numbers, ["2026/1", "2026/2", "2026/3", "2026/4"]);
        // The modern face knows them, renews them and takes them back.
        let list = librarian(app).get(&format!("{PATH}?number=2026/1")).send().expect(200).json();
        assert_eq!(list["items"][0]["item_id"], Value::Null);
        let path = format!("{PATH}/{}", list["items"][0]["id"].as_str().unwrap());
        at(app, "2026-01-06T10:00:00Z");
        renew(app, &path).expect(200);
        give_back(app, &path).expect(200);
        assert_eq!(account(app, &one), (2, 0));
    });
}

#[test]
pub(super) fn a_free_copy_is_lent_if_the_catalogue_has_one() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let book = emma(app);
        let (one, other) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        let copy = copy_of(app, book, &Value::Null);
        borrowed(app, &one);
        borrowed(app, &other);
        let items = |app: &App| -> Vec<Value> {
            let started = app.events_of("lyceum.lendings.LendingStarted.v1");
            started.iter().map(|event| event.data["item_id"].clone()).collect()
        };
        assert_eq!(items(app), [json!(copy.item), Value::Null]);
        // A copy that comes back is kept for who waited, who gets that one.
        let waiting = numbered(app, "2026/3");
        place(app, book, &waiting).expect(201);
        give(app, &one, "2026/1", "\"0\"").expect(200);
        borrowed(app, &other);
        borrowed(app, &waiting);
        assert_eq!(items(app)[2..], [Value::Null, json!(copy.item)]);
    });
}

#[test]
pub(super) fn a_reader_with_three_lendings_or_a_late_one_is_403_before_the_book_is_looked_for() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let (full, late) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        for _ in 0..3 {
            borrowed(app, &full);
        }
        let unknown = json!({ "isbn": "9780140449136", "readerNumber": full.number });
        let refused = ask(app, Method::POST, LENDINGS).json(&unknown).send();
        told_in_a_sentence(&refused, 403, "Lending forbidden!");
        told_in_a_sentence(&borrow(app, &full), 403, "Lending forbidden!");
        borrowed(app, &late);
        at(app, "2026-01-20T23:00:00Z");
        borrowed(app, &late);
        at(app, "2026-01-21T00:00:00Z");
        told_in_a_sentence(&borrow(app, &late), 403, "Lending forbidden!");
    });
}

#[test]
pub(super) fn an_unknown_book_or_reader_is_404() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    numbered(&app, "2026/1");
    for (isbn, number) in
        [("9780140449136", "2026/1"), (ISBN, "2026/9"), ("9780141439588", "2026/1"), ("0000000000", "2026/9")]
    {
        let wanted = json!({ "isbn": isbn, "readerNumber": number });
        let answer = ask(&app, Method::POST, LENDINGS).json(&wanted).send();
        told_in_a_sentence(&answer, 404, "Not found");
    }
}

#[test]
pub(super) fn a_field_that_is_missing_or_of_another_length_is_400_and_named() {
    let app = App::new(&SERVICE).sqlite();
    for (wanted, fields) in [
        (json!({}), vec!["isbn", "readerNumber"]),
        (json!({ "isbn": " ", "readerNumber": "2026/1" }), vec!["isbn"]),
        (json!({ "isbn": "978014143", "readerNumber": "2026/1" }), vec!["isbn"]),
        (json!({ "isbn": "97801414395871", "readerNumber": "2026/" }), vec!["isbn", "readerNumber"]),
        (json!({ "isbn": ISBN, "readerNumber": "2026/567890123456" }), vec!["readerNumber"]),
        (json!({ "isbn": 7, "readerNumber": "2026/1" }), vec!["isbn"]),
    ] {
        let answer = ask(&app, Method::POST, LENDINGS).json(&wanted).send();
        let details = told(&answer, 400, "Method argument validation failed");
        let named: Vec<_> = details.iter().map(|detail| detail["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{wanted}");
    }
    let malformed = ask(&app, Method::POST, LENDINGS).body("application/json", "{").send();
    told_by_the_framework(&malformed, 400);
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Librarian], &Method::POST, LENDINGS);
}
