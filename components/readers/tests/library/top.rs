//! GET /readers/top5 and /readers/top5ByGenre

use super::*;

const TOP: &str = "/api/readers/top5";
const BY_GENRE: &str = "/api/readers/top5ByGenre";
/// All lendings are counted.
const COUNTED: [&str; 1] = ["COUNT(*) AS count"];

/// This reader borrows a book of a genre on a day.
fn borrows(app: &App, reader: &Added, genre_id: &str, day: &str) {
    let id = ids::new().to_string();
    let data = json!({
        "lending_id": id, "number": "2026/1", "book_id": ids::new(), "item_id": null, "reader_id": reader.id,
        "user_id": reader.user_id, "genre_id": genre_id, "hold_id": null,
        "started_at": format!("{day}T10:00:00Z"), "started_on": day, "due_on": "2026-12-31",
    });
    let event = Event::new("lyceum.lendings.LendingStarted.v1", data).about("lending", &id, 1);
    app.deliver(&event).unwrap();
    // What comes twice counts once.
    app.deliver(&event).unwrap();
}

fn by_genre(app: &App, genre: &str, first: &str, last: &str) -> Answer {
    get(app, &format!("{BY_GENRE}?genre={genre}&startDate={first}&endDate={last}"))
}

fn counts(answer: Answer) -> Vec<(String, i64)> {
    let list = answer.expect(200).json();
    let count = |item: &Value| {
        let name = item["readerView"]["fullName"].as_str().unwrap().to_owned();
        (name, item["lendingCount"].as_i64().unwrap())
    };
    list["items"].as_array().unwrap().iter().map(count).collect()
}

#[test]
pub(super) fn those_who_borrow_most_are_at_the_top() {
    on_each(|app| {
        let readers = ["Ada", "Ben", "Cleo", "Dora", "Eve", "Fay"].map(|name| reader(app, name));
        for (at, reader) in readers.iter().enumerate() {
            // Ada borrows twice, as does Ben; the others three times or more.
            for _ in 0..=at.max(1) {
                borrows(app, reader, POETRY, "2026-01-05");
            }
        }
        let top = get(app, TOP).expect(200);
        assert_eq!(names(top.clone()), ["Fay", "Eve", "Dora", "Cleo", "Ada"]);
        assert_eq!(top.json()["items"][0], listed(&readers[5], "Fay", &Value::Null));
        // Who is gone is at no top.
        let path = format!("/api/v1/readers/{}", readers[5].id);
        app.as_role(Role::Librarian).delete(&path).send().expect(204);
        assert_eq!(names(get(app, TOP)), ["Eve", "Dora", "Cleo", "Ada", "Ben"]);
        app.explain().assert_indexed(&COUNTED);
    });
}

#[test]
pub(super) fn nothing_lent_is_an_empty_list() {
    let app = on_sqlite();
    reader(&app, "Ada");
    assert_eq!(get(&app, TOP).expect(200).json(), json!({ "items": [] }));
}

#[test]
pub(super) fn those_who_borrow_most_of_a_genre_are_shown_with_their_counts() {
    on_each(|app| {
        let (ada, ben) = (reader(app, "Ada"), reader(app, "Ben"));
        for (reader, genre_id) in [(&ada, POETRY), (&ben, POETRY), (&ben, POETRY), (&ada, DRAMA)] {
            borrows(app, reader, genre_id, "2026-01-05");
        }
        let top = by_genre(app, "Poetry", "2026-01-01", "2026-01-31").expect(200);
        let expected = json!({ "items": [
            { "readerView": listed(&ben, "Ben", &Value::Null), "lendingCount": 2 },
            { "readerView": listed(&ada, "Ada", &Value::Null), "lendingCount": 1 },
        ] });
        assert_eq!(top.json(), expected);
        assert_eq!(counts(by_genre(app, "Drama", "2026-01-01", "2026-01-31")), [("Ada".to_owned(), 1)]);
        app.explain().assert_indexed(&COUNTED);
    });
}

#[test]
pub(super) fn lendings_count_from_the_first_day_to_the_last() {
    on_each(|app| {
        let ada = reader(app, "Ada");
        for day in ["2026-01-04", "2026-01-05", "2026-01-31", "2026-02-01"] {
            borrows(app, &ada, POETRY, day);
        }
        let of = |first: &str, last: &str| counts(by_genre(app, "Poetry", first, last));
        assert_eq!(of("2026-01-05", "2026-01-31"), [("Ada".to_owned(), 2)]);
        assert_eq!(of("2026-01-05", "2026-01-05"), [("Ada".to_owned(), 1)]);
    });
}

#[test]
pub(super) fn nobody_who_borrowed_the_genre_is_404() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    borrows(&app, &ada, POETRY, "2026-01-05");
    for (genre, day) in [("Drama", "2026-01-05"), ("Nothing", "2026-01-05"), ("Poetry", "2026-01-06")] {
        told_in_a_sentence(&by_genre(&app, genre, day, day), 404, "Not found");
    }
}

#[test]
pub(super) fn a_parameter_that_is_missing_or_no_day_or_days_the_wrong_way_round_are_400() {
    let app = on_sqlite();
    for query in [
        "startDate=2026-01-01&endDate=2026-01-02",
        "genre=x&startDate=2026-01-01",
        "genre=x&endDate=2026-01-01",
    ] {
        told_by_the_framework(&get(&app, &format!("{BY_GENRE}?{query}")), 400);
    }
    for bad in ["2026-1-1", "yesterday", "2026-02-30", ""] {
        let details = told(&by_genre(&app, "x", bad, "2026-03-01"), 400, "Method argument type mismatch");
        assert_eq!(details[..2], [json!({ "paramName": "startDate" }), json!({ "paramValue": bad })]);
        assert!(details[2]["errorMessage"].is_string());
    }
    told_in_a_sentence(&by_genre(&app, "x", "2026-01-02", "2026-01-01"), 400, "Bad Request");
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    only_for(&[Role::Librarian], &Method::GET, TOP);
    only_for(&[Role::Librarian], &Method::GET, &format!("{BY_GENRE}?genre=x"));
}

#[test]
fn nothing_is_known_of_what_an_erased_person_borrowed() {
    use lyceum_kit::prelude::{query_one, statement};
    on_each(|app| {
        let (ada, ben) = (reader(app, "Ada"), reader(app, "Ben"));
        for reader in [&ada, &ben] {
            borrows(app, reader, POETRY, "2026-01-05");
        }
        let user_id = &ada.user_id;
        let data =
            json!({ "erasure_id": user_id, "user_id": user_id, "requested_at": "2026-01-06T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", data).about("user", user_id, 1)).unwrap();
        // What comes late is not kept either.
        borrows(app, &ada, POETRY, "2026-01-06");
        let count = || query_one::<(i64,)>(statement("SELECT COUNT(*) FROM lendings_seen", Vec::new()));
        assert_eq!(app.run(count).unwrap(), (1_i64,));
        assert_eq!(names(get(app, TOP)), ["Ben"]);
    });
}
