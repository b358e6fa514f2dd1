//! GET /lendings/{y}/{s}

use super::*;

fn shown(app: &App, number: &str) -> Value {
    ask(app, Method::GET, &format!("{LENDINGS}/{number}")).send().expect(200).json()
}

#[test]
pub(super) fn a_lending_is_shown_to_librarians_and_its_reader_with_version_and_address() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        let new = borrow(app, &reader).expect(201);
        let path = format!("{LENDINGS}/2026/1");
        for call in [ask(app, Method::GET, &path), own(app, &reader, Method::GET, &path)] {
            let answer = call.clone().header("if-match", "nonsense").send().expect(200);
            assert_eq!((answer.json(), answer.tag()), (new.json(), "\"0\""));
            assert_eq!(answer.header("location"), new.header("location"));
            assert_eq!(answer.header("content-type"), Some("application/hal+json"));
            assert!(answer.text().contains("\"returnedDate\":null"));
            call.header("if-none-match", "\"0\"").send().expect(304);
        }
    });
}

#[test]
pub(super) fn another_readers_lending_is_403_with_a_body() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    let (one, other) = (numbered(&app, "2026/1"), numbered(&app, "2026/2"));
    let path = format!("{LENDINGS}/{}", borrowed(&app, &one));
    told_in_a_sentence(&own(&app, &other, Method::GET, &path).send(), 403, "Access denied!");
}

#[test]
pub(super) fn an_unknown_lending_is_404_and_a_number_that_cannot_be_400() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    let get = |number: &str| ask(&app, Method::GET, &format!("{LENDINGS}/{number}")).send();
    for number in ["2026/1", "1970/0"] {
        told_in_a_sentence(&get(number), 404, "Not found");
    }
    for number in ["1969/1", "2027/1", "2026/-1"] {
        told_in_a_sentence(&get(number), 400, "Bad Request");
    }
    for number in ["2026/one", "year/1", "99999999999/1"] {
        assert_eq!(told(&get(number), 400, "Method argument type mismatch").len(), 3, "{number}");
    }
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    let path = format!("{LENDINGS}/2026/1");
    refused_to_others_than(&app, &[Role::Librarian, Role::Reader], &Method::GET, &path);
}

#[test]
pub(super) fn days_and_fines_are_counted_while_a_book_is_out_and_null_where_there_are_none() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        borrowed(app, &reader);
        for (day, until, overdue, fine) in [
            ("2026-01-06", json!(14), Value::Null, Value::Null),
            ("2026-01-20", json!(0), Value::Null, Value::Null),
            ("2026-01-21", Value::Null, json!(1), json!(200)),
            ("2026-02-03", Value::Null, json!(14), json!(2_800)),
        ] {
            at(app, &format!("{day}T12:00:00Z"));
            let lending = shown(app, "2026/1");
            assert_eq!(lending["daysUntilReturn"], until, "{day}");
            assert_eq!((&lending["daysOverdue"], &lending["fineValueInCents"]), (&overdue, &fine), "{day}");
            assert_eq!(lending["limitDate"], "2026-01-20");
        }
        give(app, &reader, "2026/1", "0").expect(200);
        at(app, "2026-03-01T12:00:00Z");
        let lending = shown(app, "2026/1");
        assert_eq!((&lending["daysOverdue"], &lending["fineValueInCents"]), (&json!(14), &json!(2_800)));
        borrowed(app, &reader);
        give(app, &reader, "2026/2", "0").expect(200);
        let lending = shown(app, "2026/2");
        for member in ["daysUntilReturn", "daysOverdue", "fineValueInCents"] {
            assert_eq!(lending[member], Value::Null, "{member}");
        }
    });
}
