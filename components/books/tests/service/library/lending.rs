//! GET /books/top5, /books/suggestions and /books/{isbn}/avgDuration

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::*;

const TOP: &str = "/api/books/top5";
const SUGGESTIONS: &str = "/api/books/suggestions";
const DURATION: &str = "/api/books/9782826012092/avgDuration";
const USER: &str = "01890000-0000-7000-8000-0000000000aa";
const READER: &str = "01890000-0000-7000-8000-0000000000ab";

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The id of the book with this ISBN.
fn id_with(app: &App, isbn: &str) -> String {
    super::super::list(app, &format!("?isbn={isbn}"))["items"][0]["id"].as_str().unwrap().to_owned()
}

/// A lending that began on this day, and came back after so many days.
fn lending(app: &App, book: &str, began: Date, days: Option<i64>) {
    let id = ids::new();
    let mut data = json!({
        "lending_id": id, "number": "2026/1", "book_id": book, "item_id": null, "reader_id": READER, "user_id": USER,
        "genre_id": null, "hold_id": null, "started_at": format!("{began}T23:30:00Z"), "started_on": began.to_string(),
        "due_on": "2026-01-20",
    });
    let told = |kind: &str, data: &Value, sequence: u64| {
        let event = Event::new(&format!("lyceum.lendings.{kind}.v1"), data.clone());
        app.deliver(&event.about("lending", &id.to_string(), sequence)).unwrap();
    };
    told("LendingStarted", &data, 1);
    let Some(days) = days else { return };
    data["returned_at"] = json!(format!("{}T00:30:00Z", began.checked_add(days.days()).unwrap()));
    data["days_overdue"] = json!(0);
    data["fine_cents"] = json!(0);
    told("LendingReturned", &data, 2);
}

/// What readers tell of a reader who likes these genres, or is gone.
fn reader(app: &App, kind: &str, interests: &[&str], sequence: u64) {
    let data = json!({
        "reader_id": READER, "number": "2026/1", "user_id": USER, "full_name": "Ada", "email": "ada@example.org",
        "category": "standard", "birth_date": "2000-01-31", "phone_number": null, "interests": interests,
        "blocked": false, "added_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z",
        "removed_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new(&format!("lyceum.readers.{kind}.v1"), data).about("reader", READER, sequence))
        .unwrap();
}

fn advised(app: &App, role: Role) -> Answer {
    FACE.by(&app.as_user(USER).with_role(role), Method::GET, SUGGESTIONS).send()
}

#[test]
pub(super) fn the_books_that_were_lent_most_in_a_year_are_at_the_top() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        assert_eq!(get(app, TOP).expect(200).json(), json!({ "items": [] }));
        let first = book(app, ISBN, "A");
        book(app, "9789895612864", "B");
        let without = titled(app, "C");
        let (a, b) = (id_with(app, ISBN), id_with(app, "9789895612864"));
        let last_year = |days: i64| today().checked_sub(days.days()).unwrap();
        for (id, days) in
            [(&a, 0), (&a, 365), (&b, 1), (&b, 366), (&b, 400), (&without, 0), (&without, 0), (&without, 0)]
        {
            lending(app, id, last_year(days), None);
        }
        for role in [Role::Reader, Role::Librarian] {
            let top = ask(app, role, Method::GET, TOP).send().expect(200).json();
            assert_eq!(top["items"][0], json!({ "bookView": first, "lendingCount": 2 }));
            assert_eq!(
                (&top["items"][1]["bookView"]["title"], &top["items"][1]["lendingCount"]),
                (&json!("B"), &json!(1))
            );
            assert_eq!(top["items"].as_array().unwrap().len(), 2);
        }
    });
}

#[test]
pub(super) fn the_average_duration_has_one_decimal() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let book = book(app, ISBN, "A");
        let id = id_with(app, ISBN);
        let asked = |app: &App| ask(app, Role::Librarian, Method::GET, DURATION).send();
        lending(app, &id, today(), None);
        told_in_a_sentence(&asked(app), 400, "Bad Request");
        for days in [10, 11, 1] {
            lending(app, &id, "2025-01-31".parse().unwrap(), Some(days));
        }
        assert_eq!(asked(app).expect(200).json(), json!({ "book": book, "averageLendingDuration": 7.3 }));
    });
}

#[test]
pub(super) fn the_duration_of_an_unknown_book_is_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&ask(&app, Role::Librarian, Method::GET, DURATION).send(), 404, "Not found");
}

#[test]
pub(super) fn a_reader_is_advised_the_two_newest_books_of_each_genre_that_they_like() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        for (isbn, title) in [(ISBN, "A"), ("9789895612864", "B"), ("9789723716160", "C")] {
            book(app, isbn, title);
        }
        put(app, "9789720706386", form(&[("title", "D"), ("genre", "Drama"), ("authors", "1")])).expect(201);
        reader(app, "ReaderAdded", &["Infantil", "Nobody's"], 1);
        assert_eq!(titles(&advised(app, Role::Reader).expect(200).json()), ["C", "B"]);
        reader(app, "ReaderChanged", &["Drama", "Infantil"], 2);
        assert_eq!(titles(&advised(app, Role::Reader).expect(200).json()), ["D", "C", "B"]);
    });
}

#[test]
pub(super) fn who_is_no_reader_or_likes_nothing_is_told_404() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        for role in [Role::Reader, Role::Librarian] {
            told_in_a_sentence(&advised(app, role), 404, "Not found");
        }
        reader(app, "ReaderAdded", &[], 1);
        advised(app, Role::Reader).expect(404);
        reader(app, "ReaderChanged", &["Drama"], 2);
        advised(app, Role::Reader).expect(200);
        reader(app, "ReaderRemoved", &[], 3);
        advised(app, Role::Reader).expect(404);
    });
}

#[test]
pub(super) fn others_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    for path in [TOP, SUGGESTIONS] {
        FACE.refused_to_others_than(&app, &[Role::Librarian, Role::Reader], &Method::GET, path);
    }
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::GET, DURATION);
}
