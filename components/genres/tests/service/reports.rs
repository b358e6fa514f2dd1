//! The older library's reports about genres: each row of its contract, case by case.

use jiff::ToSpan as _;
use jiff::civil::Date;
use lyceum_kit::ids;
use lyceum_kit::prelude::{Method, Uuid};
use lyceum_testing::Event;
use lyceum_testing::library::{OlderFace, rows_served, told_by_the_framework, told_in_a_sentence};

use super::*;

const FACE: OlderFace = OlderFace("/api/genres", "/legacy/genres");
const TOP: &str = "/api/genres/top5";
const PER_GENRE: &str = "/api/genres/avgLendingsPerGenre";
const PER_MONTH: &str = "/api/genres/lendingsPerMonthLastTwelveMonths";
const DURATIONS: &str = "/api/genres/lendingsAverageDurationPerMonth";
const AVERAGE: &str = "/api/genres/avgLendings";

/// The rows of the contract's table, and the tests of each.
macro_rules! rows {
    ($($row:literal: $($case:ident),+;)+) => {
        fn rows() -> Vec<&'static str> {
            // A case that isn't there doesn't compile.
            $($(let _: fn() = $case;)+)+
            vec![$($row),+]
        }
    };
}
rows! {
    "GET `/genres/top5`": the_genres_of_most_books_are_at_the_top, nothing_to_show_is_404, others_than_librarians_are_refused_without_a_body;
    "POST `/genres/avgLendingsPerGenre`": lendings_of_a_month_are_counted_for_each_of_its_days, a_part_that_is_missing_or_wrong_is_400, others_than_librarians_are_refused_without_a_body;
    "GET `/genres/lendingsPerMonthLastTwelveMonths`": the_last_twelve_months_are_counted_by_genre, nothing_to_show_is_404, others_than_librarians_are_refused_without_a_body;
    "GET `/genres/lendingsAverageDurationPerMonth?startDate&endDate`": durations_are_of_what_came_back_by_the_month_it_began, dates_that_are_missing_wrong_or_turned_around_are_400, nothing_to_show_is_404, others_than_librarians_are_refused_without_a_body;
    "GET `/genres/avgLendings?period&start&end`": lendings_are_averaged_over_days_or_months, dates_that_are_missing_wrong_or_turned_around_are_400, others_than_librarians_are_refused_without_a_body;
}

#[test]
fn every_row_of_the_contract_that_is_served_has_its_tests() {
    assert_eq!(rows_served("11. Genres and reports (LIBRARIAN; reader 403)", "/genres"), rows());
}

fn get(app: &App, path: &str) -> Answer {
    FACE.ask(app, Role::Librarian, Method::GET, path).send()
}

fn per_genre(app: &App, body: &Value) -> Answer {
    FACE.ask(app, Role::Librarian, Method::POST, PER_GENRE).json(body).send()
}

fn books(app: &App, genre: &str, count: usize) {
    for _ in 0..count {
        book(app, ids::new(), "BookAdded", Some(genre), 1);
    }
}

fn book(app: &App, id: Uuid, kind: &str, genre: Option<&str>, sequence: u64) {
    let data = json!({
        "book_id": id, "isbn": null, "title": "A", "subtitle": null, "contributors": [], "genre_id": genre, "subjects": [],
        "language": null, "year": null, "publisher": null, "added_at": "2026-01-01T00:00:00Z",
        "changed_at": "2026-01-01T00:00:00Z", "removed_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new(&format!("lyceum.books.{kind}.v1"), data).about(
        "book",
        &id.to_string(),
        sequence,
    ))
    .unwrap();
}

/// A lending that began on this day, and came back after so many days.
fn lending(app: &App, genre: &str, began: &str, days: Option<i64>) {
    let (id, other) = (ids::new(), ids::new());
    let began: Date = began.parse().unwrap();
    let mut data = json!({
        "lending_id": id, "number": "2025/1", "book_id": other, "item_id": other, "reader_id": other, "user_id": other,
        "genre_id": genre, "hold_id": null, "started_at": format!("{began}T23:30:00Z"), "started_on": began.to_string(),
        "due_on": "2025-12-31",
    });
    let started = Event::new("lyceum.lendings.LendingStarted.v1", data.clone());
    app.deliver(&started.about("lending", &id.to_string(), 1)).unwrap();
    let Some(days) = days else { return };
    let back = began.checked_add(days.days()).unwrap();
    data["returned_at"] = json!(format!("{back}T00:30:00Z"));
    data["days_overdue"] = json!(0);
    data["fine_cents"] = json!(0);
    let returned =
        Event::new("lyceum.lendings.LendingReturned.v1", data).about("lending", &id.to_string(), 2);
    for _ in 0..2 {
        app.deliver(&returned).unwrap();
    }
}

#[test]
fn the_genres_of_most_books_are_at_the_top() {
    App::new(&SERVICE).on_each_database(|app| {
        for (name, count) in [("A", 1), ("B", 3), ("C", 0), ("D", 1), ("E", 2), ("F", 1), ("G", 1)] {
            books(app, &named(app, name), count);
        }
        let moved = ids::new();
        let (b, e) = (named(app, "H"), named(app, "I"));
        book(app, moved, "BookAdded", Some(&b), 1);
        book(app, moved, "BookChanged", Some(&e), 2);
        book(app, moved, "BookRemoved", None, 3);
        let top = get(app, TOP).expect(200).json();
        let view = |genre: &str, count: i64| json!({ "genreView": { "genre": genre }, "bookCount": count });
        let expected = [view("B", 3), view("E", 2), view("A", 1), view("D", 1), view("F", 1)];
        assert_eq!(top, json!({ "items": expected }));
    });
}

#[test]
fn nothing_to_show_is_404() {
    let app = App::new(&SERVICE).sqlite();
    named(&app, "A");
    for path in [TOP, PER_MONTH, &format!("{DURATIONS}?startDate=2025-01-01&endDate=2025-12-31")] {
        told_in_a_sentence(&get(&app, path), 404, "Not found");
    }
    let empty = json!({ "items": [] });
    let asked = json!({ "page": {}, "query": { "year": 2025, "month": 3 } });
    assert_eq!(per_genre(&app, &asked).expect(200).json(), empty);
    assert_eq!(
        get(&app, &format!("{AVERAGE}?period=day&start=2025-01-01&end=2025-01-02")).expect(200).json(),
        empty
    );
}

#[test]
fn lendings_of_a_month_are_counted_for_each_of_its_days() {
    App::new(&SERVICE).on_each_database(|app| {
        let (a, b) = (named(app, "Arte"), named(app, "Biografia"));
        for day in 1..=28 {
            lending(app, &b, &format!("2025-02-{day:02}"), None);
            lending(app, &b, &format!("2025-02-{day:02}"), Some(1));
        }
        for day in ["2025-01-31", "2025-02-01", "2025-02-28", "2025-03-01"] {
            lending(app, &a, day, None);
        }
        let asked =
            |page: Value| per_genre(app, &json!({ "page": page, "query": { "year": 2025, "month": 2 } }));
        let (arte, biography) =
            (json!({ "genre": "Arte", "value": 0.1 }), json!({ "genre": "Biografia", "value": 2.0 }));
        assert_eq!(asked(json!({})).expect(200).json(), json!({ "items": [arte, biography] }));
        assert_eq!(
            asked(json!({ "number": 2, "limit": 1 })).expect(200).json(),
            json!({ "items": [biography] })
        );
    });
}

#[test]
fn a_part_that_is_missing_or_wrong_is_400() {
    let app = App::new(&SERVICE).sqlite();
    for asked in [
        json!({}),
        json!({ "page": {} }),
        json!({ "query": { "year": 2025, "month": 2 } }),
        json!({ "page": { "number": 0 }, "query": { "year": 2025, "month": 2 } }),
        json!({ "page": { "limit": 101 }, "query": { "year": 2025, "month": 2 } }),
        json!({ "page": {}, "query": { "year": 2025, "month": 0 } }),
        json!({ "page": {}, "query": { "year": 2025, "month": 13 } }),
    ] {
        told_in_a_sentence(&per_genre(&app, &asked), 400, "Bad Request");
    }
}

#[test]
fn the_last_twelve_months_are_counted_by_genre() {
    App::new(&SERVICE).on_each_database(|app| {
        let (a, b) = (named(app, "Arte"), named(app, "Biografia"));
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let first = today.first_of_month().checked_sub(11.months()).unwrap();
        let (before, today) = (first.yesterday().unwrap().to_string(), today.to_string());
        for (genre, day) in [(&a, &before), (&a, &first.to_string()), (&b, &today), (&a, &today), (&b, &today)] {
            lending(app, genre, day, None);
        }
        let months = get(app, PER_MONTH).expect(200).json();
        let last: Date = today.parse().unwrap();
        let expected = json!({ "items": [
            { "year": first.year(), "month": first.month(), "lendingsCount": [{ "genre": "Arte", "value": 1 }] },
            { "year": last.year(), "month": last.month(),
              "lendingsCount": [{ "genre": "Arte", "value": 1 }, { "genre": "Biografia", "value": 2 }] },
        ] });
        assert_eq!(months, expected);
    });
}

#[test]
fn durations_are_of_what_came_back_by_the_month_it_began() {
    App::new(&SERVICE).on_each_database(|app| {
        let (a, b) = (named(app, "Arte"), named(app, "Biografia"));
        for (genre, began, days) in [
            (&a, "2025-01-01", Some(10)),
            (&a, "2025-01-30", Some(11)),
            (&a, "2025-01-31", Some(1)),
            (&a, "2025-01-31", None),
            (&b, "2025-01-15", Some(0)),
            (&b, "2025-03-01", Some(7)),
            (&b, "2025-03-02", Some(7)),
        ] {
            lending(app, genre, began, days);
        }
        let found = get(app, &format!("{DURATIONS}?startDate=2025-01-01&endDate=2025-03-01")).expect(200).json();
        let expected = json!({ "items": [
            { "year": 2025, "month": 1,
              "durationAverages": [{ "genre": "Arte", "value": 7.3 }, { "genre": "Biografia", "value": 0.0 }] },
            { "year": 2025, "month": 3, "durationAverages": [{ "genre": "Biografia", "value": 7.0 }] },
        ] });
        assert_eq!(found, expected);
    });
}

#[test]
fn dates_that_are_missing_wrong_or_turned_around_are_400() {
    let app = App::new(&SERVICE).sqlite();
    for (first, last) in
        [("2025-02-30", "2025-03-01"), ("2025-03-01", "01-04-2025"), ("2025-03-02", "2025-03-01")]
    {
        told_in_a_sentence(
            &get(&app, &format!("{DURATIONS}?startDate={first}&endDate={last}")),
            400,
            "Bad Request",
        );
        told_in_a_sentence(
            &get(&app, &format!("{AVERAGE}?period=day&start={first}&end={last}")),
            400,
            "Bad Request",
        );
    }
    told_by_the_framework(&get(&app, &format!("{DURATIONS}?startDate=2025-03-01")), 400);
    let period = |period: &str| get(&app, &format!("{AVERAGE}?{period}&start=2025-03-01&end=2025-03-01"));
    told_in_a_sentence(&period("period=year"), 400, "Bad Request");
    told_in_a_sentence(&period(""), 400, "Bad Request");
}

#[test]
fn lendings_are_averaged_over_days_or_months() {
    App::new(&SERVICE).on_each_database(|app| {
        let a = named(app, "Arte");
        for day in ["2025-01-31", "2025-02-01", "2025-02-01", "2025-02-02", "2025-02-05"] {
            lending(app, &a, day, None);
        }
        let average = |period: &str, last: &str| {
            let found = get(app, &format!("{AVERAGE}?period={period}&start=2025-01-31&end={last}"));
            found.expect(200).json()["items"][0]["value"].as_f64().unwrap()
        };
        assert!((average("day", "2025-02-02") - 1.3).abs() < 1e-9);
        assert!((average("month", "2025-02-02") - 2.0).abs() < 1e-9);
        assert!((average("day", "2025-01-31") - 1.0).abs() < 1e-9);
    });
}

#[test]
fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    for path in [TOP, PER_MONTH, DURATIONS, AVERAGE] {
        FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::GET, path);
    }
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::POST, PER_GENRE);
}
