//! PATCH /lendings/{y}/{s} and GET /lendings/avgDuration

use super::*;

#[test]
pub(super) fn a_book_is_given_back_by_its_reader_and_the_fine_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        let path = format!("{LENDINGS}/{}", borrowed(app, &reader));
        at(app, "2026-01-23T08:00:00Z");
        let call = own(app, &reader, Method::PATCH, &path).if_match("0");
        let answer = call.body("application/json", r#"{"commentary":"Well worn."}"#).send().expect(200);
        let lending = answer.json();
        assert_eq!((answer.tag(), answer.header("location")), ("\"1\"", None));
        assert_eq!(answer.header("content-type"), Some("application/hal+json"));
        assert_eq!(
            (&lending["returnedDate"], &lending["daysUntilReturn"], &lending["daysOverdue"]),
            (&json!("2026-01-23"), &Value::Null, &json!(3))
        );
        assert_eq!(lending["fineValueInCents"], 600);
        assert!(!answer.text().contains("Well worn"), "{}", answer.text());
        assert_eq!(ask(app, Method::GET, &path).send().expect(200).json(), lending);
        assert_eq!(account(app, &reader), (0, 600));
        let modern = librarian(app).get(PATH).send().expect(200).json();
        assert_eq!(modern["items"][0]["commentary"], "Well worn.");
        assert_eq!(app.events_of("lyceum.lendings.FineCharged.v1").len(), 1);
    });
}

#[test]
pub(super) fn a_return_without_a_version_is_400_and_with_a_stale_one_409() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        let number = borrowed(app, &reader);
        let unconditional =
            |path: &str| own(app, &reader, Method::PATCH, path).body("application/json", "{}").send();
        told_by_the_framework(&unconditional(&format!("{LENDINGS}/{number}")), 400);
        // Before the lending is looked for.
        told_by_the_framework(&unconditional(&format!("{LENDINGS}/2026/9")), 400);
        for version in ["", "null"] {
            told_by_the_framework(&give(app, &reader, &number, version), 400);
        }
        for version in ["*", "W/\"0\"", "zero"] {
            give(app, &reader, &number, version).expect(400);
        }
        assert_eq!(told(&give(app, &reader, &number, "\"1\""), 409, "Conflict").len(), 2);
        give(app, &reader, &number, "\"0\"").expect(200);
    });
}

#[test]
pub(super) fn a_second_return_is_400() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        let number = borrowed(app, &reader);
        give(app, &reader, &number, "0").expect(200);
        for version in ["0", "1"] {
            told_in_a_sentence(&give(app, &reader, &number, version), 400, "Bad Request");
        }
    });
}

#[test]
pub(super) fn a_long_commentary_or_no_body_is_400() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    let reader = numbered(&app, "2026/1");
    let path = format!("{LENDINGS}/{}", borrowed(&app, &reader));
    let with = |body: String| {
        own(&app, &reader, Method::PATCH, &path).if_match("0").body("application/json", body).send()
    };
    let long = with(json!({ "commentary": "é".repeat(1_025) }).to_string());
    assert_eq!(told(&long, 400, "Method argument validation failed")[0]["field"], "commentary");
    told_by_the_framework(&with(String::new()), 400);
    with(json!({ "commentary": "é".repeat(1_024) }).to_string()).expect(200);
}

#[test]
pub(super) fn an_unknown_lending_is_404_and_another_readers_403() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    let (one, other) = (numbered(&app, "2026/1"), numbered(&app, "2026/2"));
    let number = borrowed(&app, &one);
    told_in_a_sentence(&give(&app, &one, "2026/9", "0"), 404, "Not found");
    told_in_a_sentence(&give(&app, &other, &number, "7"), 403, "Access denied!");
}

#[test]
pub(super) fn others_than_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Reader], &Method::PATCH, &format!("{LENDINGS}/2026/1"));
}

#[test]
pub(super) fn the_average_duration_has_one_decimal_and_is_400_before_anything_was_returned() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let reader = numbered(app, "2026/1");
        let average = || ask(app, Method::GET, "/api/lendings/avgDuration").send();
        for _ in 0..3 {
            borrowed(app, &reader);
        }
        told_in_a_sentence(&average(), 400, "Bad Request");
        for (day, number, expected) in [
            ("2026-01-06", "2026/1", r#"{"lendingsAverageDuration":1.0}"#),
            ("2026-01-09", "2026/2", r#"{"lendingsAverageDuration":2.5}"#),
            // 6 days by 3.
            ("2026-01-06", "2026/3", r#"{"lendingsAverageDuration":2.0}"#),
        ] {
            at(app, &format!("{day}T10:00:00Z"));
            give(app, &reader, number, "0").expect(200);
            assert_eq!(average().expect(200).text(), expected);
        }
        at(app, FIRST_DAY);
        // A copy that comes back through the modern face counts as well: 6 days by 4.
        let path = lent(app, copy(app), &reader);
        give_back(app, &path).expect(200);
        assert_eq!(average().expect(200).json()["lendingsAverageDuration"], 1.5);
    });
}

#[test]
pub(super) fn others_than_librarians_are_refused_the_average_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Librarian], &Method::GET, "/api/lendings/avgDuration");
}
