//! POST /books/search

use super::*;

const SEARCH: &str = "/api/books/search";

fn asked(app: &App, body: &Value) -> Answer {
    ask(app, Role::Librarian, Method::POST, SEARCH).json(body).send()
}

fn found(app: &App, body: &Value) -> Vec<String> {
    let list = asked(app, body).expect(200).json();
    titles(&list).into_iter().map(ToOwned::to_owned).collect()
}

fn filled(app: &App) {
    shelves(app);
    for (isbn, title, genre, authors) in [
        (ISBN, "Aventura", "Infantil", "1"),
        ("9789895612864", "Avó", "Drama", "1,2"),
        ("9789723716160", "Barco", "Drama", "2"),
    ] {
        put(app, isbn, form(&[("title", title), ("genre", genre), ("authors", authors)])).expect(201);
    }
}

#[test]
pub(super) fn all_that_is_given_has_to_hold_and_blank_is_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        filled(app);
        let by = |title: &str, genre: &str, author: &str| {
            found(
                app,
                &json!({ "query": { "title": title, "genre": genre, "authorName": author, "more": 1 } }),
            )
        };
        assert_eq!(by("av", "", " "), ["Aventura", "Avó"]);
        assert_eq!(by("AVÓ", "dra", "ben"), ["Avó"]);
        assert_eq!(by("", "drama", ""), ["Avó", "Barco"]);
        assert_eq!(by("", "", "ana"), ["Aventura", "Avó"]);
        assert_eq!(by("entura", "", ""), [""; 0]);
        assert_eq!(by("", "", ""), ["Aventura", "Avó", "Barco"]);
    });
}

#[test]
pub(super) fn pages_are_numbered_from_1() {
    App::new(&SERVICE).on_each_database(|app| {
        filled(app);
        let page =
            |number: i64| found(app, &json!({ "page": { "number": number, "limit": 2 }, "query": null }));
        assert_eq!(
            (page(1), page(2), page(3)),
            (vec!["Aventura".to_owned(), "Avó".to_owned()], vec!["Barco".to_owned()], vec![],)
        );
    });
}

#[test]
pub(super) fn a_page_before_the_first_is_400() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&asked(&app, &json!({ "page": { "number": 0, "limit": 5 } })), 400, "Bad Request");
}

#[test]
pub(super) fn nothing_found_is_an_empty_list() {
    let app = App::new(&SERVICE).sqlite();
    assert_eq!(asked(&app, &json!({})).expect(200).json(), json!({ "items": [] }));
    let malformed = ask(&app, Role::Librarian, Method::POST, SEARCH).body("application/json", b"{".to_vec());
    told_by_the_framework(&malformed.send(), 400);
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    staff_and_readers(&Method::POST, SEARCH);
}
